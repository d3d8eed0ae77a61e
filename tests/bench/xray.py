"""`slim xray` beside dive on the same docker-archive, in turns; whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figure import Figure, median

DIVE = Path(sys.executable).with_name("dive")


def measure_xray(image: str, runs: int) -> list[Figure]:
    """Seconds of both with the archive in the page cache, their ratio, and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "image.tar")
        subprocess.run(["docker", "save", image, "-o", file], check=True)
        size = file.stat().st_size
        commands: dict[str, Sequence[str | Path]] = {
            "dive": (DIVE, "--source", "docker-archive", file, "--json", Path(folder, "dive.json")),
            "slim": (sys.executable, "-m", "slimmer", "xray", file, "--json"),
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        memory = dict.fromkeys(commands, 0)
        for _ in range(runs + 1):
            for name, command in commands.items():
                took, peak = _run(command)
                seconds[name].append(took)
                memory[name] = max(memory[name], peak)
    # The first one fills the page cache.
    ours, theirs = (median(f"xray: {name}", seconds[name][1:]) for name in ("slim", "dive"))
    note = f"a docker-archive of {size / 1e6:.0f} MB"
    return [
        ours,
        theirs,
        Figure(
            name="xray: slim / dive", value=ours.value / theirs.value, unit="", goal=1, note=note
        ),
        Figure(name="xray: peak memory", value=memory["slim"] / 1e6, unit="MB", goal=200),
    ]


def _run(command: Sequence[str | Path]) -> tuple[float, int]:
    """(seconds, bytes of memory at the most)."""
    begin = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env={**os.environ, "CI": "false"}
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, [str(each) for each in command])
    return time.monotonic() - begin, usage.ru_maxrss * 1024
