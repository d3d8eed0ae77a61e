"""`--max-hidden 20MB`: bytes of files that layers hide, which each pull transfers for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.check.document import Finding, Judgement
from slimmer.check.gate import Gate, within
from slimmer.check.subject import Subject
from slimmer.options import SIZE
from slimmer.words import count, size


def _judge(limit: int, subject: Subject) -> Iterator[Judgement]:
    hidden = subject.xray.hidden
    yield within(
        hidden.size,
        limit,
        words=lambda number: size(int(number)),
        unit="bytes",
        problem=f"upper layers hide {count(hidden.files, 'file')} of lower ones",
        hint="remove what is not needed in the instruction that brings it",
        findings=[
            Finding(
                what=each.path,
                size=each.size,
                detail=f"layer {each.layer}, {each.how} by {each.hidden_by}",
            )
            for each in hidden.largest
        ],
    )


GATE = Gate(
    name="max-hidden",
    title="hidden bytes",
    kind=SIZE,
    help="Upper layers hide at most so much of lower ones",
    judge=_judge,
)
