"""A plan of one step, read from a file as users write it."""

from __future__ import annotations

from pathlib import Path

from slimmer.options import read_plan
from slimmer.trace.saved.probe_text import probe_text, read_probe
from slimmer.values import Probe


def only_step(folder: Path, kind: str, text: str) -> Probe:
    """The step `KIND: TEXT`; a saved trace gives back the same."""
    file = folder / "plan.yaml"
    file.write_text(f"phases:\n  - phase: a\n    steps:\n      - {kind}: {text}\n")
    (probe,) = read_plan(str(file)).steps
    assert read_probe(probe_text(probe)) == probe
    return probe
