"""`python -m tests.survey.hardened`: of the behaviours that no probe touches, how many does a slim
image show when it runs with what `slim build --harden` found?

Counted are those that the same slim image shows without it.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from slimmer.build import build_image
from slimmer.errors import SlimError
from slimmer.options import DebugImage, read_options
from slimmer.progress import console_progress
from slimmer.report import Report
from slimmer.values import Hardening, PlaceKind, Strategy
from tests.bench.slim_build import REPOSITORY, forget
from tests.survey.behaviour import read_behaviours
from tests.survey.runner import Subject
from tests.survey.survey import SAMPLES, say


def main() -> int:
    samples = sorted(file.parent.name for file in SAMPLES.glob("*/slim.yaml"))
    parser = argparse.ArgumentParser(prog="python -m tests.survey.hardened", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="samples (default: all)")
    parser.add_argument("--output", type=Path, help="also write the results to this JSON file")
    arguments = parser.parse_args()
    rows = []
    for name in arguments.names or samples:
        rows.append(surveyed(name))
        sys.stdout.write(json.dumps(rows[-1]) + "\n")
        sys.stdout.flush()
    shown = sum(row.get("shown", 0) for row in rows)
    counted = sum(row.get("counted", 0) for row in rows)
    sys.stdout.write(f"{shown} of {counted} behaviours of {len(rows)} samples\n")
    if arguments.output:
        arguments.output.write_text(json.dumps(rows, indent=2) + "\n")
    return 0 if all("error" not in row for row in rows) else 1


def surveyed(name: str) -> dict[str, Any]:
    """One sample: what was found for it, and what it shows with that. Never raises a SlimError."""
    tag = f"{REPOSITORY}-hardened/{name}:slim"
    with tempfile.TemporaryDirectory() as folder:
        options = dataclasses.replace(
            read_options(SAMPLES / name / "slim.yaml"),
            tag=tag,
            strategy=Strategy.BALANCED,
            max_size=None,
            debug=DebugImage.NONE,
            harden=True,
            report_directory=Path(folder),
        )
        begun = time.monotonic()
        try:
            report = build_image(options, console_progress(sys.stderr, quiet=True))
        except SlimError as error:
            return {"name": name, "error": error.message}
        seconds = time.monotonic() - begun
        try:
            return _row(name, tag, report, seconds)
        finally:
            forget(tag)


def _row(name: str, tag: str, report: Report, seconds: float) -> dict[str, Any]:
    hardening = report.hardening[0]
    behaviours = read_behaviours(SAMPLES / name)
    plain = Subject(tag, SAMPLES / name).outcomes(behaviours)
    counted = [each.behaviour for each in plain if not each.problem]
    hardened = Subject(tag, SAMPLES / name, flags(hardening)).outcomes(counted)
    for outcome in hardened:
        if outcome.problem:
            say(f"{name}, hardened: {outcome.behaviour.name}: {outcome.problem}")
    return {
        "name": name,
        "flags": flags(hardening),
        "trials": hardening.trials,
        "seconds": round(seconds, 1),
        "counted": len(counted),
        "shown": sum(not each.problem for each in hardened),
        "lost": [each.behaviour.name for each in hardened if each.problem],
        "notes": list(hardening.notes),
    }


def flags(hardening: Hardening) -> list[str]:
    """What docker is given, written down here once more: what slimmer writes is not asked."""
    found = ["--cap-drop=ALL", *(f"--cap-add={each.name}" for each in hardening.capabilities)]
    found += ["--security-opt=no-new-privileges"] if hardening.no_new_privileges else []
    found += ["--read-only"] if hardening.read_only else []
    found += [f"--user={hardening.user}"] if hardening.user else []
    for place in hardening.places:
        memory = f"--tmpfs={place.path}:{place.options}".removesuffix(":")
        found.append(memory if place.kind == PlaceKind.TMPFS else f"--volume={place.path}")
    return found


if __name__ == "__main__":
    sys.exit(main())
