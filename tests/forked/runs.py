"""Runs of `slim` in processes that are forked from a template."""

from __future__ import annotations

import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def run_slim(
    *arguments: str, folder: Path, environment: dict[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run `slim` to its end.

    Raises:
        subprocess.TimeoutExpired: it did not end in time, and was killed.
    """
    run = {"arguments": arguments, "folder": os.fspath(folder), "environment": environment}
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        told, telling = os.pipe()
        with open(told) as ending:
            with open(telling, "wb"), open(os.devnull, "rb") as stdin:
                streams = [stream.fileno() for stream in (stdin, stdout, stderr)]
                socket.send_fds(_template(), [json.dumps(run).encode()], [telling, *streams])
            pid = int(ending.readline())
            in_time, _, _ = select.select([ending], [], [], seconds)
            if not in_time:
                os.kill(pid, signal.SIGKILL)
            code = int(ending.readline())
        texts = []
        for stream in (stdout, stderr):
            stream.seek(0)
            texts.append(stream.read().decode())
        if not in_time:
            raise subprocess.TimeoutExpired(["slim", *arguments], seconds, *texts)
        return subprocess.CompletedProcess(["slim", *arguments], code, *texts)


@functools.cache
def _template() -> socket.socket:
    """The way to this worker's template, which ends with the worker."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        subprocess.Popen(
            [sys.executable, "-m", "tests.forked.template", str(its.fileno())],
            pass_fds=[its.fileno()],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    return ours
