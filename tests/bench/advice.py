"""How much of what a slim build removes is named by `slim advise`, for each sample. What was never
opened and the build keeps all the same is named as well, and does not count."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.apps.container import inspect_image
from tests.bench.figure import Figure
from tests.bench.slim_build import REPOSITORY, ROOT, forget

GOAL = 10.0
"""Per cent of the removed bytes that no advice says anything about."""


def measure_advice(images: Mapping[str, str]) -> list[Figure]:
    """Per cent of the removed bytes that are in no advice with something to do."""
    figures = []
    for file in sorted((ROOT / "sample_apps").glob("*/slim.yaml")):
        name = file.parent.name
        sys.stderr.write(f"bench: advice for {name}\n")
        try:
            removed, document = _advised(name, images[name], file)
        except RuntimeError as error:
            # The others are worth their figures all the same, and this one misses its goal.
            sys.stderr.write(f"bench: {name} failed: {error}\n")
            figures.append(_figure(name, 100, "not measured: it failed, see above"))
            continue
        told = sum(each["size"] for each in document["advice"] if each["todo"])
        kept = document["kept_size"]
        named = told - kept
        figures.append(
            _figure(
                name,
                100 * max(0.0, 1 - named / removed) if removed else 0,
                f"removed {removed / 1e6:.1f} MB, named {named / 1e6:.1f} MB,"
                f" and {kept / 1e6:.1f} MB that the build keeps",
            )
        )
    return figures


def _figure(name: str, value: float, note: str) -> Figure:
    return Figure(
        name=f"{name}: removed, and in no advice", value=value, unit="%", goal=GOAL, note=note
    )


def _advised(name: str, image: str, file: Path) -> tuple[int, dict[str, Any]]:
    """(bytes that the slim build has removed, what `slim advise --json` says)."""
    reference = f"{REPOSITORY}/{name}:slim"
    with tempfile.TemporaryDirectory() as folder:
        _slim(
            *("build", image, "--file", file, "--no-debug"),
            *("--tag", reference, "--report-dir", folder, "--quiet"),
        )
        removed = inspect_image(image)["Size"] - inspect_image(reference)["Size"]
        forget(reference)
        told = _slim("advise", image, "--report", folder, "--dockerfile", file.parent, "--json")
    document: dict[str, Any] = json.loads(told)
    return removed, document


def _slim(*arguments: str | Path) -> bytes:
    command = [sys.executable, "-m", "slimmer", *map(str, arguments)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if result.returncode:
        talk = result.stderr.decode("utf-8", "replace")
        raise RuntimeError(f"{' '.join(command)}: exit {result.returncode}\n{talk}")
    return result.stdout
