"""The sensor's parsers against a hostile target, under AddressSanitizer and UBSan:
`python -m tests.sensor.fuzzing` (make fuzz) runs for a minute, and prints how far it came."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from slimmer.trace.wire.reader import RecordReader
from tests.sensor.sources import SOURCES, sensor_build

_PIECE = 1 << 20
_NOT_LINKED = ("main.c", "listener.c")
"""The harness has a main of its own, and an own kernel behind the listener."""


def compiled(folder: Path) -> Path:
    """The harness with the sensor's sources."""
    compiler = sensor_build.local_compiler()
    assert compiler is not None, "the fuzzing needs a C compiler"
    program = folder / "fuzz"
    sources = [file for file in sorted(SOURCES.glob("*.c")) if file.name not in _NOT_LINKED]
    flags = [
        *(SOURCES / "compile_flags.txt").read_text().split(),
        *("-Wno-error", "-w", "-pthread", f"-I{SOURCES}", *sensor_build.SANITIZE),
    ]
    harness = Path(__file__).with_name("fuzz.c")
    subprocess.run([*compiler, *flags, "-o", program, harness, *sources], check=True)
    return program


def run(program: Path, folder: Path, *, seed: int, seconds: int) -> tuple[int, int]:
    """(rounds, records). Raises AssertionError for what the sanitizers find, and for a stream that
    cannot be read."""
    options = f"log_path={folder}/found:abort_on_error=0:detect_leaks=1:allocator_may_return_null=1"
    done = subprocess.run(
        [program, str(seed), str(seconds), folder],
        env={
            **os.environ,
            "ASAN_OPTIONS": options,
            "UBSAN_OPTIONS": f"{options}:print_stacktrace=1",
        },
        stdout=subprocess.PIPE,
        check=False,
    )
    found = "\n".join(file.read_text("utf-8", "replace") for file in folder.glob("found*"))
    assert done.returncode == 0, f"seed {seed}, status {done.returncode}:\n{found}"
    return int(done.stdout), _records(folder / "records")


def _records(file: Path) -> int:
    """How many records the stream has, up to its trailer."""
    reader = RecordReader()
    count = 0
    with file.open("rb") as stream:
        while data := stream.read(_PIECE):
            count += len(reader.feed(data))
    reader.close()
    return count


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sensor.fuzzing", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rounds, records = run(compiled(folder), folder, seed=asked.seed, seconds=asked.seconds)
    sys.stdout.write(
        f"seed {asked.seed}: {rounds:,} rounds of 64 calls, {records:,} records, nothing found\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
