"""A comparison's differences as lines for people: few, short, and each with its side."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.values import Comparison
from slimmer.verify.compare.text import MASK

SHOWN_LINES = 20
"""For each part of an answer."""
_SHOWN_PARTS = 20
_WIDTH = 150
_LEAD = 40
"""Characters in front of the first one that differs."""


def excerpt(comparison: Comparison, image: str) -> list[str]:
    """The differences like a unified diff: a head that names both sides, then part after part."""
    lines = ["--- original", f"+++ {image}"]
    for difference in comparison.differences[:_SHOWN_PARTS]:
        lines.append(f"@@ {difference.part} @@")
        lines += _shortened(difference.lines[:SHOWN_LINES])
        more = len(difference.lines) - SHOWN_LINES
        if more > 0:
            lines.append(f" … and {more:,} more line{'s' if more > 1 else ''}")
    if len(comparison.differences) > _SHOWN_PARTS:
        lines.append(f" … and {len(comparison.differences) - _SHOWN_PARTS:,} more differences")
    return lines


def _shortened(lines: tuple[str, ...]) -> Iterator[str]:
    """Each line so far that the first difference to its counterpart can be seen."""
    for number, line in enumerate(lines):
        neighbours = [
            lines[at]
            for at in (number - 1, number + 1)
            if 0 <= at < len(lines) and {lines[at][:1], line[:1]} == {"-", "+"}
        ]
        begin = max((_agreement(line[1:], other[1:]) for other in neighbours), default=0) - _LEAD
        text = line[1:]
        if len(text) > _WIDTH and begin > 0:
            text = MASK + text[begin:]
        yield line[:1] + (text if len(text) <= _WIDTH else text[: _WIDTH - 1] + MASK)


def _agreement(one: str, other: str) -> int:
    """How many characters both begin with."""
    length = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        length += 1
    return length
