"""`--max-size 100MB`: bytes of all layers, those that upper ones hide among them."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.check.document import Judgement
from slimmer.check.gate import Gate, within
from slimmer.check.subject import Subject
from slimmer.options import SIZE
from slimmer.words import size


def _judge(limit: int, subject: Subject) -> Iterator[Judgement]:
    value = subject.xray.image.size
    yield within(
        value,
        limit,
        words=lambda number: size(int(number)),
        unit="bytes",
        problem=f"it is {size(value - limit)} larger than it may be",
        hint=""
        if subject.is_result
        else f"`slim build {subject.reference}` keeps what is used of it",
    )


GATE = Gate(
    name="max-size",
    title="size",
    kind=SIZE,
    help="The image is at most so large, e.g. 100MB",
    judge=_judge,
    is_of_size=True,
)
