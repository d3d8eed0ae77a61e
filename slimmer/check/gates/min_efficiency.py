"""`--min-efficiency 95%`, or `0.95`: dive's efficiency of the layers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from slimmer.check.document import Finding, Judgement
from slimmer.check.gate import Gate, within
from slimmer.check.subject import Subject
from slimmer.errors import UsageError
from slimmer.options import Kind
from slimmer.words import count


def _parse(text: str, _: Path) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
    share = float(match[1]) / (100 if match[2] else 1) if match else -1
    if not 0 <= share <= 1:
        raise UsageError(f"`{text}` is not a share", hint="write 95%, or 0.95")
    return share


def _judge(limit: float, subject: Subject) -> Iterator[Judgement]:
    wasted = subject.xray.dive.paths
    yield within(
        subject.xray.dive.efficiency,
        limit,
        at_most=False,
        words=lambda number: f"{number:.1%}",
        unit="share",
        problem="several layers have the same paths",
        hint="`slim xray --show hidden` tells which layer hides what",
        findings=[
            Finding(what=each.path, size=each.size, detail=f"in {count(each.count, 'layer')}")
            for each in wasted
        ],
    )


GATE = Gate(
    name="min-efficiency",
    title="efficiency",
    kind=Kind(metavar="SHARE", parse=_parse, numbers=True),
    help="The efficiency, as dive has it, is at least this, e.g. 95%",
    judge=_judge,
)
