"""Chunks, what stands together in a line: a path, a date, the value of a cookie; and their words.

A word is a run of letters, digits and underscores, or a number with its decimal point. So of
`2026-11-23T22:45:01+01:00`, seen twice within a minute, the seconds are noise and the zone is
not.

Where a chunk looks random its words mean nothing: base64 has `-`, `+` and `/` wherever chance puts
them, or for once has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from slimmer.verify.compare.template import Exact, Pattern, Template, build_template

_IN_CHUNKS = r"[\w.+/~%=-]"
_CHUNK = re.compile(rf"{_IN_CHUNKS}+|\s+|.", re.DOTALL)
_BEGINS_CHUNK = re.compile(_IN_CHUNKS)
_TOKEN = re.compile(r"\d+(?:\.\d+)+\w*|\w+|\s+|.", re.DOTALL)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?:[^\W\d_]*|%)")
"""With its unit: a duration of `0.0003s` may be `9.1e-05s` the next time."""
_MIXED = re.compile(r"[^\W\d_]\d|\d[^\W\d_]|[a-z][A-Z]")
"""Letters beside digits: hardly ever in words, nearly always in what is random."""
_SHORTEST_RANDOM = 8
"""Characters; of what is shorter, as the `23T22` of a time, each word counts."""


@dataclass(frozen=True, kw_only=True)
class Some:
    """A word, space or sign that differs from run to run: another one of the same kind."""

    kind: str

    def matches(self, element: str) -> bool:
        return kind(element) == self.kind


@dataclass(frozen=True)
class Number:
    """A chunk that is another number from run to run. What has letters beside digits, as
    hexadecimal numbers have, may for once have none: any word will do."""

    def matches(self, element: str) -> bool:
        return _NUMBER.fullmatch(element) is not None or (
            kind(element) == "word" and len(tokens_of(element)) == 1
        )


@dataclass(frozen=True, kw_only=True)
class Random:
    """A chunk that differs from run to run between its first and its last words."""

    begin: str
    end: str
    least: int
    """Characters between them: half of what the original has at least. `none` is no UUID."""

    def matches(self, element: str) -> bool:
        return (
            is_chunk(element)
            and len(element) >= len(self.begin) + self.least + len(self.end)
            and element.startswith(self.begin)
            and element.endswith(self.end)
        )


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A line or a chunk in which some parts differ from run to run."""

    split: Callable[[str], list[str]]
    template: Template[str]

    def matches(self, element: str) -> bool:
        return self.template.matches(self.split(element))


def chunks_of(line: str) -> list[str]:
    """Chunks, spaces and single signs; joined again they are the line."""
    return _CHUNK.findall(line)


def tokens_of(chunk: str) -> list[str]:
    """Words, numbers, spaces and single signs; joined again they are the chunk."""
    return _TOKEN.findall(chunk)


def is_chunk(part: str) -> bool:
    """Whether a part of a line is a chunk: neither a space nor a sign between chunks."""
    return _BEGINS_CHUNK.match(part) is not None


def kind(token: str) -> str:
    """`word`, `space`, or the sign itself."""
    first = token[0]
    if first.isalnum() or first == "_":
        return "word"
    return "space" if first.isspace() else token


def are_alike(rows: Iterable[Sequence[str]], kind_of: Callable[[str], object]) -> bool:
    """Whether all rows have parts of the same kinds at the same places."""
    first, *others = ([kind_of(part) for part in row] for row in rows)
    return all(other == first for other in others)


def refined_chunk(variants: Sequence[str]) -> Pattern[str] | None:
    """The pattern for parts of lines that stand at one place; None where they have nothing to do
    with each other."""
    if len(set(variants)) == 1 or not all(map(is_chunk, variants)):
        return _refined_token(variants)
    if all(map(_NUMBER.fullmatch, variants)):
        return Number()
    rows = [tokens_of(chunk) for chunk in variants]
    begin = _common_beginning(rows)
    rests = [row[len(begin) :] for row in rows]
    end = _common_beginning([rest[::-1] for rest in rests])[::-1]
    if not any(kind(token) == "word" for token in end):
        end = []  # padding
    middles = ["".join(rest[: len(rest) - len(end)]) for rest in rests]
    if not are_alike(rows, kind) or any(map(_looks_random, middles)):
        least = min(map(len, middles))
        return Random(begin="".join(begin), end="".join(end), least=(least + 1) // 2)
    base, *others = rows
    template = build_template(base, others, refine=_refined_token, in_step=True)
    return Parts(split=tokens_of, template=template)


def _refined_token(variants: Sequence[str]) -> Pattern[str] | None:
    if len(set(variants)) == 1:
        return Exact(element=variants[0])
    kinds = set(map(kind, variants))
    return Some(kind=kinds.pop()) if len(kinds) == 1 else None


def _common_beginning(rows: Sequence[Sequence[str]]) -> list[str]:
    same = takewhile(lambda column: len(set(column)) == 1, zip(*rows, strict=False))
    return [column[0] for column in same]


def _looks_random(text: str) -> bool:
    return len(text) >= _SHORTEST_RANDOM and _MIXED.search(text) is not None
