"""`python -m tests.survey.starts`: what each sample costs from its start until it listens on its
port: untraced, with every system call recorded (`--seccomp`), and under `strace -f -c`.

Processor time is told, that of the sidecar included: on a busy machine the clock on the wall tells
what others do. On a quiet one `--wall` tells that clock's time, from when the application's program
runs; containers are made before that. The least of several runs counts. strace and what it is
linked with are mounted into the container, so that images without a shell can be measured too.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from slimmer.engine import Session, argument_vector, connect, exposed_ports
from slimmer.errors import SlimError
from slimmer.image import read_original
from slimmer.options import read_options
from slimmer.trace.run import TracedRun
from slimmer.values import Original, RunOptions
from slimmer.verify import PlainRun
from tests.apps.container import engine, inspect_image
from tests.survey.survey import SAMPLES, sample_folders, say
from tests.survey.table import aligned

_STRACE = "/strace"
"""Where strace is in a container."""
_PATIENCE = 120.0
"""Seconds until a port must accept."""


@dataclass(frozen=True, kw_only=True)
class Starts:
    """One sample's row, in seconds."""

    name: str
    plain: float
    census: float
    strace: float


def main() -> int:
    served = [each.name for each in sample_folders() if _is_server(each.name)]
    parser = argparse.ArgumentParser(prog="python -m tests.survey.starts", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="samples (default: all servers)")
    parser.add_argument("--runs", type=int, default=3, help="of each, of which the shortest counts")
    parser.add_argument("--wall", action="store_true", help="by the clock on the wall")
    parser.add_argument("--output", type=Path, help="also write the results to this JSON file")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        loader = _place_strace(Path(folder))
        for name in arguments.names or served:
            try:
                rows.append(_measured(name, Path(folder), loader, arguments.runs, arguments.wall))
            except SlimError as error:
                say(f"{name}: {error}")
    if arguments.output:
        arguments.output.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    sys.stdout.write(table(rows) + "\n")
    return 0


def _is_server(name: str) -> bool:
    """Whether it stays up: what ends by itself is never ready."""
    image = inspect_image(read_options(SAMPLES / name / "slim.yaml").image)
    return bool(image["Config"].get("ExposedPorts"))


def _measured(name: str, folder: Path, loader: str, runs: int, wall: bool) -> Starts:
    options = read_options(SAMPLES / name / "slim.yaml")
    connected = connect()
    try:
        original = read_original(options.image, connected.inspect_image(options.image))
        with Session(connected) as session:
            arguments = argument_vector(original.config, options.run)
            under_strace = replace(
                options.run,
                entrypoint=(
                    *(f"{_STRACE}/{loader}", "--library-path", _STRACE, f"{_STRACE}/strace"),
                    *("-f", "-c", "-o", "/dev/null", *arguments),
                ),
                command=(),
                cap_add=(*options.run.cap_add, "SYS_PTRACE"),
                volumes=(*options.run.volumes, f"{folder}:{_STRACE}:ro"),
            )

            port = options.run.port or exposed_ports(original.config)[0]
            costs: list[tuple[Cost, Cost, Cost]] = []
            for number in range(runs + 1):
                found = (
                    _plain(session, original, options.run, port),
                    _traced(session, original, options.run, port, folder / "trace"),
                    _plain(session, original, under_strace, port),
                )
                if number:  # the first one warms the caches
                    costs.append(found)
            plain, census, strace = (
                min(each.wall if wall else each.processor for each in way)
                for way in zip(*costs, strict=True)
            )
            return Starts(name=name, plain=plain, census=census, strace=strace)
    finally:
        connected.close()


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of one start."""

    processor: float
    wall: float


def _plain(session: Session, original: Original, run: RunOptions, port: int) -> Cost:
    container = PlainRun(
        session, original.id, run, purpose="start", ports=(port,), default_port=port
    )
    started = time.monotonic()
    try:
        _wait_until_it_listens(container.container, port)
        took = time.monotonic() - started
        return Cost(processor=_processor_seconds(container.container), wall=took)
    finally:
        container.close()


def _traced(session: Session, original: Original, run: RunOptions, port: int, file: Path) -> Cost:
    target = TracedRun(
        session,
        original,
        run,
        trace_file=file,
        ports=(port,),
        remember=False,
        census=True,
    )
    try:
        target.start()
        started = time.monotonic()
        _wait_until_it_listens(target.container, port)
        took = time.monotonic() - started
        named = {"name": f"slimmer-sidecar-{session.id}"}
        sidecars = [each["Id"] for each in engine().containers(filters=named)]
        assert len(sidecars) == 1, sidecars
        used = _processor_seconds(target.container) + _processor_seconds(sidecars[0])
        return Cost(processor=used, wall=took)
    finally:
        target.close()


def _processor_seconds(container: str) -> float:
    """All that its processes have used so far, the kernel's work for them included."""
    told = engine().stats(container, stream=False, one_shot=True)
    return float(told["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9


def _wait_until_it_listens(container: str, port: int) -> None:
    """Asked at the container's own address: behind a published port the engine accepts at once."""
    deadline = time.monotonic() + _PATIENCE
    networks = engine().inspect_container(container)["NetworkSettings"]["Networks"]
    address = next(iter(networks.values()))["IPAddress"]
    while True:
        with contextlib.suppress(OSError), socket.create_connection((address, port), 1.0):
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"{container} never listens on {port}")
        time.sleep(0.005)


def _place_strace(folder: Path) -> str:
    """strace, its libraries and its loader in `folder`; returns the loader's name."""
    program = shutil.which("strace")
    assert program is not None, "no strace: see Makefile"
    shutil.copy(program, folder / "strace")
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    files = [Path(each) for each in re.findall(r"(/\S+) \(0x", listed)]
    for file in files:
        shutil.copy(file, folder / file.name)
    folder.chmod(0o755)
    return next(each.name for each in files if each.name.startswith("ld-"))


def table(rows: Sequence[Starts]) -> str:
    """Markdown: a row for each sample, and the medians of the ratios."""
    lines = [["application", "untraced", "census", "times", "strace -f -c", "times"]]
    lines += [
        [
            *(row.name, f"{row.plain:.2f} s"),
            *(f"{row.census:.2f} s", f"{row.census / row.plain:.1f}"),
            *(f"{row.strace:.2f} s", f"{row.strace / row.plain:.1f}"),
        ]
        for row in rows
    ]
    if rows:
        census = statistics.median(row.census / row.plain for row in rows)
        strace = statistics.median(row.strace / row.plain for row in rows)
        lines.append([f"median of {len(rows)}", "", "", f"{census:.1f}", "", f"{strace:.1f}"])
    return aligned(lines)


if __name__ == "__main__":
    sys.exit(main())
