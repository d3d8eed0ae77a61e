"""`python -m tests.survey`: how small each strategy makes the samples, and how much of what no
probe touched goes on working. With `--check IMAGE NAME`, the behaviours of one sample on any image.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.slim_build import ROOT
from tests.survey.behaviour import read_behaviours
from tests.survey.runner import Subject
from tests.survey.survey import (
    SAMPLES,
    STRATEGIES,
    Surveyed,
    as_document,
    sample_folders,
    say,
    survey,
)
from tests.survey.table import table, with_table

AT_ONCE = 2
"""Samples side by side."""

DOCUMENTS = (ROOT / "docs" / "strategies.md",)
"""Where the table stands."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.survey", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="samples (default: all)")
    parser.add_argument("--strategy", action="append", choices=STRATEGIES, help="repeatable")
    parser.add_argument("--output", type=Path, help="also write all results to this JSON file")
    parser.add_argument(
        "--check", nargs=2, metavar=("IMAGE", "NAME"), help="only run NAME's behaviours on IMAGE"
    )
    parser.add_argument(
        "--docs", type=Path, metavar="JSON", help="only write a survey's table into the documents"
    )
    arguments = parser.parse_args()
    if arguments.check:
        return check(*arguments.check)
    if arguments.docs:
        measured = json.loads(arguments.docs.read_text())
        for file in DOCUMENTS:
            file.write_text(with_table(file.read_text(), measured))
        return 0

    known = [folder.name for folder in sample_folders()]
    names: list[str] = arguments.names or known
    unknown = sorted(set(names) - set(known))
    if unknown:
        parser.error(f"no list of behaviours for {', '.join(unknown)}; there are {' '.join(known)}")
    strategies = [one for one in STRATEGIES if one in (arguments.strategy or STRATEGIES)]
    rows = survey_all(names, strategies)
    document = as_document(rows)
    sys.stdout.write(table(document) + "\n")
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps(document, indent=2) + "\n")
    return 0 if all(is_sound(row) for row in rows) else 1


def survey_all(names: Sequence[str], strategies: Sequence[str]) -> list[Surveyed]:
    """A row for each name, also where its image cannot be built."""
    images = sample_images(names)
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        rows = {
            name: pool.submit(survey, name, images[name], strategies)
            for name in names
            if name in images
        }
        return [
            rows[name].result()
            if name in rows
            else Surveyed(name=name, errors={"sample": "the sample image was not built"})
            for name in names
        ]


def sample_images(names: Sequence[str]) -> dict[str, str]:
    """Name → reference of an up-to-date image; one that cannot be built is missing."""
    result = subprocess.run(
        [sys.executable, str(SAMPLES / "build.py"), *names],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    lines = [line.split() for line in result.stdout.splitlines()]
    return dict(lines)


def is_sound(row: Surveyed) -> bool:
    """Whether all images were made, the original passes its list, and `safe` does, if it ran."""
    safe = row.results.get("safe")
    return (
        not row.errors
        and not row.original_problems
        and (safe is None or safe.passed == row.behaviours)
    )


def check(image: str, name: str) -> int:
    """NAME's behaviours on an image, one line each, and what is wrong under it."""
    outcomes = Subject(image, SAMPLES / name).outcomes(read_behaviours(SAMPLES / name))
    for outcome in outcomes:
        sys.stdout.write(f"{'FAILS ' if outcome.problem else 'passes'}  {outcome.behaviour.name}\n")
        if outcome.problem:
            sys.stdout.write(
                "        " + outcome.problem.rstrip().replace("\n", "\n        ") + "\n"
            )
    failed = sum(bool(outcome.problem) for outcome in outcomes)
    say(f"{len(outcomes) - failed} of {len(outcomes)} pass")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
