"""`python -m tests.survey.repair`: files that a sample really uses are withheld from its slim
image, one for each build. How many builds end with a repaired image that passes, and name the file?

A file that no probe misses (the image passes without it) says nothing of repair: it is counted
apart, and another one is drawn in its place.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from slimmer.build import build_image
from slimmer.errors import SlimError
from slimmer.options import BuildOptions, DebugImage, read_options
from slimmer.progress import console_progress
from slimmer.report import Report
from slimmer.values import Strategy
from tests.bench.slim_build import REPOSITORY, forget
from tests.survey.__main__ import sample_images
from tests.survey.survey import SAMPLES, say

FILES = 20
"""Of each sample."""
MOST_DRAWS = 4
"""Times as many files are tried at most, where many are not missed."""
REACHED = 0.95
AT_ONCE = 2
"""Samples side by side."""
_USED = re.compile(r"(opened|executed)\b.* in phase (?!shutdown$)")
_COMPILED = re.compile(r"^(.*)/__pycache__/([^/]+)\.cpython-[^/]*\.pyc$")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one build without one file ended."""

    path: str
    end: str
    """`repaired`; `not missed`; `unnamed`: it passes, and the file is not among the repairs; or
    `failed`."""
    repaired: tuple[str, ...] = ()
    rounds: int = 0
    seconds: float = 0.0
    error: str = ""


def main() -> int:
    samples = sorted(file.parent.name for file in SAMPLES.glob("*/slim.yaml"))
    parser = argparse.ArgumentParser(prog="python -m tests.survey.repair", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="samples (default: all)")
    parser.add_argument("--files", type=int, default=FILES, help=f"of each (default: {FILES})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="also write all results to this JSON file")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(samples)):
        parser.error(f"no such sample: {', '.join(unknown)}; there are {', '.join(samples)}")
    names: list[str] = arguments.names or samples
    images = sample_images(names)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {
            name: pool.submit(survey, name, images[name], arguments.files, arguments.seed)
            for name in names
        }
        results = {name: outcomes.result() for name, outcomes in running.items()}
    sys.stdout.write(table(results) + "\n")
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        document = {name: [*map(dataclasses.asdict, each)] for name, each in results.items()}
        arguments.output.write_text(json.dumps(document, indent=2) + "\n")
    every = [outcome for each in results.values() for outcome in each]
    return 0 if share_repaired(every) >= REACHED else 1


def survey(name: str, image: str, files: int, seed: int) -> list[Outcome]:
    """Outcomes for so many files that were missed, and for those drawn besides."""
    options = dataclasses.replace(
        read_options(SAMPLES / name / "slim.yaml"),
        image=image,
        tag=f"{REPOSITORY}/repair-{name}:slim",
        strategy=Strategy.MINIMAL,
        debug=DebugImage.NONE,
    )
    candidates = used_files(_build(options))
    random.Random(f"{seed} {name}").shuffle(candidates)
    outcomes: list[Outcome] = []
    for path in candidates[: files * MOST_DRAWS]:
        outcomes.append(without(path, options))
        say(f"{name}: {path}: {outcomes[-1].end} {outcomes[-1].error}".rstrip())
        if sum(outcome.end != "not missed" for outcome in outcomes) == files:
            break
    return outcomes


def used_files(report: Report) -> list[str]:
    """Regular files that were opened or executed in boot or by a probe. A compiled module of
    Python stands for its source: nobody misses the one, and without the other it is not found."""
    kept = {kept.path: kept for kept in report.kept if kept.type == "file"}
    used = [
        _COMPILED.sub(r"\1/\2.py", path)
        for path, each in kept.items()
        if any(reason.rule == "trace" and _USED.match(reason.detail) for reason in each.reasons)
    ]
    return sorted({path for path in used if path in kept})


def without(path: str, options: BuildOptions) -> Outcome:
    """Build as if nobody had seen this file."""
    withheld = re.sub(r"[*?[]", lambda found: f"[{found[0]}]", path)
    started = time.monotonic()
    try:
        report = _build(dataclasses.replace(options, withheld=(withheld,)))
    except SlimError as error:
        told = f"{error.message}\n{error.details}"
        return Outcome(path=path, end="failed", error=told, seconds=time.monotonic() - started)
    repair = report.repair
    common: dict[str, Any] = {"path": path, "seconds": time.monotonic() - started}
    if repair is None:
        return Outcome(end="not missed", **common)
    repaired = tuple(each.path for each in repair.paths)
    return Outcome(
        end="repaired" if path in repaired else "unnamed",
        repaired=repaired,
        rounds=len(repair.rounds),
        **common,
    )


def _build(options: BuildOptions) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        options = dataclasses.replace(options, report_directory=Path(folder))
        try:
            return build_image(options, console_progress(sys.stderr, quiet=True))
        finally:
            forget(options.tag)


def share_repaired(outcomes: Sequence[Outcome]) -> float:
    """Of the files that were missed."""
    missed = [outcome for outcome in outcomes if outcome.end != "not missed"]
    return sum(outcome.end == "repaired" for outcome in missed) / len(missed) if missed else 0.0


def table(results: dict[str, list[Outcome]]) -> str:
    rows = [("sample", "missed", "repaired", "unnamed", "failed", "not missed")]
    every = [outcome for outcomes in results.values() for outcome in outcomes]
    for name, outcomes in [*results.items(), ("all", every)]:
        ends = [outcome.end for outcome in outcomes]
        counts = [ends.count(end) for end in ("repaired", "unnamed", "failed", "not missed")]
        rows.append((name, str(sum(counts[:3])), *map(str, counts)))  # type: ignore[arg-type]
    lines = ["  ".join((row[0].ljust(10), *(cell.rjust(10) for cell in row[1:]))) for row in rows]
    return "\n".join([*lines, f"{share_repaired(every):.0%} of the missed files were repaired"])


if __name__ == "__main__":
    sys.exit(main())
