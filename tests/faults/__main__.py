"""All injections on the running engine, and the full disk on an engine of its own. Prints a line
for each, and what is wrong; ends with status 1 where anything is."""

from __future__ import annotations

import argparse
import io
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker

from tests.faults import builds, kills
from tests.faults.images import DOCKERFILE, FILES, FLAGS, HUNGRY, PROBES, SAYING, SLOW
from tests.faults.small_engine import free, small_engine

_IMAGE = "slimmer-faults/server:latest"
_SMALL = "64m"


class Tally:
    """What was tried, and what was wrong with it."""

    def __init__(self) -> None:
        self.wrong = 0
        self.codes: Counter[int] = Counter()

    def note(self, what: object, end: builds.Ended, problem: str) -> None:
        """One line."""
        self.codes[end.code] += 1
        self.wrong += bool(problem)
        _say(f"{what!s:40} exit {end.code:3}  {end.message or 'done'}")
        if problem:
            _say(f"    WRONG: {problem}\n{end.stderr}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=40, help="of the engine's answers")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as name, _image():
        folder = Path(name)
        _answers(tally, folder, asked.faults, asked.seed)
        for kill in kills.KILLS:
            end = kills.build_under(kill, folder, _IMAGE, *FLAGS, *SLOW)
            tally.note(kill, end, kills.complaint(kill, end))
        with builds.begun(folder, _IMAGE, *FLAGS, *HUNGRY) as process:
            end = builds.ended(process)
        problem = "" if end.code == 7 and "--memory" in end.message else "the cause is not told"
        tally.note("memory that does not suffice", end, problem)
        _full_disk(tally, folder)
    codes = ", ".join(f"{count} with {code}" for code, count in sorted(tally.codes.items()))
    _say(f"{tally.codes.total()} builds ended: {codes}; {tally.wrong} wrong")
    return 1 if tally.wrong else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _answers(tally: Tally, folder: Path, count: int, seed: int) -> None:
    undisturbed, proxy = builds.build(folder, _IMAGE, *FLAGS, *PROBES)
    tally.note(f"undisturbed, {proxy.pieces} pieces", undisturbed, undisturbed.message)
    for fault in builds.faults(proxy.pieces, count, seed):
        end, _ = builds.build(folder, _IMAGE, *FLAGS, *PROBES, fault=fault)
        tally.note(fault, end, builds.complaint(end, undisturbed))
    undisturbed, _ = builds.build(folder, _IMAGE, *FLAGS, *SAYING)
    for fault in builds.flips_of_what_is_said():
        end, _ = builds.build(folder, _IMAGE, *FLAGS, *SAYING, fault=fault)
        tally.note(fault, end, builds.complaint(end, undisturbed) or end.message)


def _full_disk(tally: Tally, folder: Path) -> None:
    """The disk gets full in later and later steps: containers take 2 MB each there."""
    command = ("--strategy", "safe", "--no-debug", "--exec-probe", "true")
    with small_engine(folder, size=_SMALL, images=(_IMAGE,)) as socket:
        for left in (1_500_000, 6_000_000, 8_000_000, 10_000_000, 12_000_000, 14_000_000):
            filling = Path(socket).parent / "filling"
            filling.write_bytes(bytes(max(0, free(socket) - left)))
            flags = (*command, "--network", "none")
            with builds.begun(folder, _IMAGE, *flags, address=f"unix://{socket}") as process:
                end = builds.ended(process)
            filling.unlink()
            problem = "" if end.code == 0 or (end.code == 14 and end.has_hint) else "not exit 14"
            tally.note(f"{left / 1e6:g} MB left on the engine's disk", end, problem)


@contextmanager
def _image() -> Iterator[None]:
    client = docker.from_env()
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as tar:
        for path, data in {"Dockerfile": DOCKERFILE.encode(), **FILES}.items():
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(data), 0o755
            tar.addfile(member, io.BytesIO(data))
    context.seek(0)
    client.images.build(fileobj=context, custom_context=True, tag=_IMAGE, rm=True, nocache=True)
    try:
        yield
    finally:
        for tag in (_IMAGE, f"{_IMAGE}-slim"):
            if client.api.images(filters={"reference": tag}):
                client.api.remove_image(tag, force=True)
        client.close()


if __name__ == "__main__":
    sys.exit(main())
