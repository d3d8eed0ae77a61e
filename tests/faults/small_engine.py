"""An engine of its own with a small disk: a second dockerd, whose data lie in memory, in a network
namespace of its own."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.engines.starting import await_engine, hand_over


@contextlib.contextmanager
def small_engine(folder: Path, *, size: str, images: tuple[str, ...]) -> Iterator[str]:
    """The path of its socket; it has these images of the usual engine. Needs root and dockerd.
    Containers of it have no network."""
    place = folder / "engine"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=True)
    socket = place / "engine.sock"
    command: list[str | Path] = [
        # An engine without a bridge removes the one that is there; without a network, none is.
        *("unshare", "--net", "dockerd"),
        *("--data-root", place / "data", "--exec-root", folder / "exec"),
        *("--pidfile", place / "pid", "--host", f"unix://{socket}", "--storage-driver", "vfs"),
        *("--bridge", "none", "--iptables=false", "--ip-forward=false", "--ip-masq=false"),
    ]
    with (folder / "dockerd.log").open("wb") as log:
        engine = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        await_engine(f"unix://{socket}", engine, folder / "dockerd.log")
        hand_over(images, f"unix://{socket}")
        yield str(socket)
    finally:
        engine.terminate()
        engine.wait()
        subprocess.run(["umount", "--lazy", place], check=False)


def free(socket: str) -> int:
    """Bytes that are free on the disk of the engine."""
    done = subprocess.run(
        ["df", "--output=avail", "-B1", str(Path(socket).parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])
