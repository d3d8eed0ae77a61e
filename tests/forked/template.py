"""The process that imports slimmer once and is forked for each run.

Started as `python -m tests.forked.template FD`; FD is a Unix socket that keeps messages apart. A
message is a run: its arguments, folder and environment as JSON, and four descriptors: a pipe for
what becomes of it, and its stdin, stdout and stderr. Through the pipe come two numbers, a line
each: the process' id, and how it ended.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
import time
from typing import Any

import slimmer

LARGEST = 1 << 20
"""Bytes of a message."""
_APART = ("slimmer.__main__", "slimmer.fleet", "slimmer.pytest_plugin", "slimmer.xray.view")
"""Not imported beforehand: extras, and what is made for another process."""
_LATE = ("docker", "jinja2", "tree_sitter", "yaml")
"""What slimmer imports where a run has come to need it, and most runs do."""


def main() -> None:
    gc.disable()  # as in each run of slimmer
    _import_all()
    with socket.socket(fileno=int(sys.argv[1])) as control:
        arguments = _next_run(control)
    sys.argv = ["slim", *arguments]
    runpy.run_module("slimmer", run_name="__main__", alter_sys=True)


def _import_all() -> None:
    for module in pkgutil.walk_packages(slimmer.__path__, "slimmer."):
        if not module.name.startswith(_APART):
            importlib.import_module(module.name)
    for name in _LATE:
        importlib.import_module(name)


def _next_run(control: socket.socket) -> list[str]:
    """The arguments of a run; only the process that is made for it comes back from here."""
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not control:
                    selector.unregister(key.fileobj)
                    _tell_end(key.fd, *key.data)
                    continue
                message, descriptors, _, _ = socket.recv_fds(control, LARGEST, 4)
                if not message:
                    raise SystemExit(0)
                told, *streams = descriptors
                pid = os.fork()
                if not pid:
                    return _become(json.loads(message), streams)
                os.write(told, b"%d\n" % pid)
                for stream in streams:
                    os.close(stream)
                selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, told))


def _tell_end(ended: int, pid: int, told: int) -> None:
    os.close(ended)
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError):  # Nobody waits for it any more.
        os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
    os.close(told)


def _become(run: dict[str, Any], streams: list[int]) -> list[str]:
    """Make this process what a shell would have started."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, max(streams) + 1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(run["folder"])
    os.environ.clear()
    os.environ.update(run["environment"])
    time.tzset()
    return list(run["arguments"])


if __name__ == "__main__":
    main()
