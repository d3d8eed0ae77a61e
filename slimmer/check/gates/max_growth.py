"""`--max-growth 5%`, or `10MB`: against what --baseline names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from slimmer.check.document import Finding, Judgement
from slimmer.check.gate import Gate, within
from slimmer.check.growth import growth_of
from slimmer.check.subject import Subject
from slimmer.errors import GateUnmeasuredError, UsageError
from slimmer.options import Kind, parse_size
from slimmer.words import size


@dataclass(frozen=True, kw_only=True)
class _Limit:
    number: float
    is_share: bool
    """Of the baseline's size, 1 for all of it; else bytes."""


def _parse(text: str, _: Path) -> _Limit:
    if match := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", text):
        return _Limit(number=float(match[1]) / 100, is_share=True)
    if re.fullmatch(r"\s*\d*\.?\d*\s*", text) and text.strip() != "0":
        raise UsageError(f"`{text}` has no unit", hint="write 5%, or a size such as 10MB")
    return _Limit(number=parse_size(text), is_share=False)


def _judge(limit: _Limit, subject: Subject) -> Iterator[Judgement]:
    growth = growth_of(subject.xray, subject.baseline)
    grown = growth.size - growth.size_before
    if limit.is_share and not growth.size_before:
        raise GateUnmeasuredError(
            f"{growth.baseline} has no bytes of which growth could be a share",
            hint="set the limit as a size, such as 10MB",
        )
    new = [
        Finding(
            what=f"{change.name} {change.version}".strip(),
            size=(change.size or 0) - (change.size_before or 0),
            detail="grown" if change.size_before is not None else "new",
        )
        for change in growth.changes
        if (change.size or 0) > (change.size_before or 0)
    ]
    yield within(
        grown / growth.size_before if limit.is_share else grown,
        limit.number,
        words=_share if limit.is_share else _size,
        unit="share" if limit.is_share else "bytes",
        problem=f"it has grown from {size(growth.size_before)} to {size(growth.size)}",
        hint=f"if it is meant to grow, make a new baseline of {subject.reference}",
        findings=new,
    )


def _share(number: float) -> str:
    return f"{number:+.1%}"


def _size(number: float) -> str:
    return f"{'-' if number < 0 else '+'}{size(abs(int(number)))}"


GATE = Gate(
    name="max-growth",
    title="growth",
    kind=Kind(metavar="PERCENT|SIZE", parse=_parse, numbers=True),
    help="It has grown at most by this since --baseline, e.g. 5%",
    judge=_judge,
    needs="baseline",
    is_of_size=True,
)
