"""`python -m tests.digests`: whether two revisions of slimmer make the same images of the samples.

`record` runs each sample once with the slim command of one revision, saves the trace, and writes
down the ids of the images that each strategy makes of it. `check` makes them of the same traces
with this revision's code. A refactoring that changes an id has changed behaviour.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.apps.container import docker
from tests.bench.slim_build import ROOT
from tests.survey.survey import SAMPLES, STRATEGIES, sample_folders

REPOSITORY = f"slimmer-digests-{os.getpid()}"
RECORDED = "digests.json"
AT_ONCE = 2
"""Samples side by side."""

Digests = dict[str, dict[str, str]]
"""Strategy → image kind → the image's id."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.digests", description=__doc__)
    parser.add_argument("action", choices=["record", "check"])
    parser.add_argument("folder", type=Path, help="of the traces and the recorded ids")
    parser.add_argument("names", nargs="*", metavar="NAME", help="samples (default: all)")
    parser.add_argument("--slim", help="the command of another revision (default: this one's)")
    arguments = parser.parse_args()
    slim = [arguments.slim] if arguments.slim else [sys.executable, "-m", "slimmer"]
    folder = arguments.folder.resolve()
    if arguments.action == "record":
        return record(folder, arguments.names or [folder.name for folder in sample_folders()], slim)
    return check(folder, arguments.names, slim)


def record(folder: Path, names: Sequence[str], slim: Sequence[str]) -> int:
    folder.mkdir(parents=True, exist_ok=True)

    def one(name: str) -> Digests:
        run(slim, name, STRATEGIES[-1], "--save-trace", str(folder / f"{name}.trace"))
        return digests(folder, name, slim)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        known = dict(zip(names, pool.map(one, names), strict=True))
    (folder / RECORDED).write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
    tell(f"recorded {len(names)} samples in {folder / RECORDED}")
    return 0


def check(folder: Path, names: Sequence[str], slim: Sequence[str]) -> int:
    recorded: dict[str, Digests] = json.loads((folder / RECORDED).read_text())
    names = names or sorted(recorded)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = list(pool.map(lambda name: digests(folder, name, slim), names))
    different = 0
    for name, now in zip(names, made, strict=True):
        for strategy, ids in recorded[name].items():
            for kind, identity in ids.items():
                if now[strategy].get(kind) != identity:
                    different += 1
                    new = now[strategy].get(kind, "not made")
                    tell(f"{name}: {strategy}: the {kind} image was {identity}, now {new}")
    images = sum(len(ids) for name in names for ids in recorded[name].values())
    tell(f"{images - different} of {images} images of {len(names)} samples are the same")
    return 1 if different else 0


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def digests(folder: Path, name: str, slim: Sequence[str]) -> Digests:
    trace = str(folder / f"{name}.trace")
    return {each: run(slim, name, each, "--from-trace", trace) for each in STRATEGIES}


def run(slim: Sequence[str], name: str, strategy: str, *arguments: str) -> dict[str, str]:
    """Image kind → id of what one build made; raises with what it said when it fails."""
    with tempfile.TemporaryDirectory() as report:
        command = [
            *slim, "build", "--file", str(SAMPLES / name / "slim.yaml"), *arguments,
            "--strategy", strategy, "--verify", "off", "--max-size", "100GB",
            "--tag", f"{REPOSITORY}/{name}:{strategy}", "--report-dir", report, "--json", "-q",
        ]  # fmt: skip
        # Away from the checkout, so that another revision's command finds its own package.
        cwd = report if len(slim) == 1 else str(ROOT)
        done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    result = json.loads(done.stdout)
    made = {kind: result[kind] for kind in ("slim", "debug") if result[kind]}
    docker("image", "rm", *(image["reference"] for image in made.values()))
    return {kind: image["id"] for kind, image in made.items()}


if __name__ == "__main__":
    sys.exit(main())
