"""Clients of file servers over real directories: the test's own server, and the real sensor."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slimmer.files import FileServerClient, RootfsIndex
from slimmer.trace.run import sensor_binary

ENGINE_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
SERVER = Path(__file__).with_name("file_server.py")


@contextmanager
def sensor_served(root: Path, spool: Path) -> Iterator[FileServerClient]:
    """A client of the real `sensor serve`, which takes `root` for its root directory."""
    folder = root / ".slim"
    folder.mkdir()
    shutil.copy(sensor_binary(ENGINE_ARCHITECTURES[os.uname().machine]), folder / "sensor")
    command = ["/usr/sbin/chroot", str(root), "/.slim/sensor", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        with FileServerClient(server.stdout, server.stdin, spool) as client:
            yield client
            server.stdin.close()
            assert server.wait() == 0, "the server ends with its requests"


@contextmanager
def served(root: Path, spool: Path, fault: str = "") -> Iterator[FileServerClient]:
    """A client of a server over `root`, which is a process of its own."""
    command = [sys.executable, "-I", "-S", str(SERVER), str(root), fault]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        with FileServerClient(server.stdout, server.stdin, spool) as client:
            yield client


@contextmanager
def indexed(root: Path, spool: Path) -> Iterator[tuple[RootfsIndex, FileServerClient]]:
    """Index and content of `root`."""
    with served(root, spool) as client:
        yield client.index(), client
