"""Texts: lines, where lines differ the chunks in them, and where chunks differ their words.

A word is a run of letters, digits and underscores, or a number with its decimal point. So of
`2026-11-23T22:45:01+01:00`, seen twice within a minute, the seconds are noise and the zone is
not.

A chunk is what stands together: a path, a date, the value of a cookie. Where one looks random, its
words mean nothing: base64 has `-`, `+` and `/` wherever chance puts them, or for once has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from slimmer.comparison.alignment import align
from slimmer.comparison.template import Exact, Pattern, Run, Template, build_template

MASK = "…"
"""Stands in a difference for what differs from run to run."""
_PIECE = re.compile(r"[^\n>]*[\n>]|[^\n>]+")
_IN_CHUNKS = r"[\w.+/~%=-]"
_CHUNK = re.compile(rf"{_IN_CHUNKS}+|\s+|.", re.DOTALL)
_BEGINS_CHUNK = re.compile(_IN_CHUNKS)
_TOKEN = re.compile(r"\d+(?:\.\d+)+\w*|\w+|\s+|.", re.DOTALL)
_TRIED_LINES = 200
"""Lines with noise that are looked for in a text that differs: each costs a walk over it."""
_SHORTEST_STRETCH = 4
"""Chunks: fewer between two gaps, and no space among them, are taken for an accident, as the
`:` in two lists."""
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
    """Characters between them: half as many as the original has at least. `none` is no UUID."""

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


def text_template(texts: Sequence[str], *, cut: bool = False) -> Template[str]:
    """The template of what one text looked like several times, the most typical first.

    `cut`: the texts are only the beginnings of longer ones, of any length.
    """
    base, *others = [pieces_of(text, cut=cut) for text in texts]
    template = build_template(base, others, refine=_refined_line, significant=_has_words)
    if not cut:
        return template
    return Template(stretches=(*template.stretches, (Run(patterns=()),)))


def pieces_of(text: str, *, cut: bool = False) -> list[str]:
    """The lines of a text, markup in lines of its own; of a cut text without the last one."""
    pieces = _PIECE.findall(text)
    return pieces[:-1] if cut else pieces


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


def stable_share(template: Template[str]) -> float:
    """How much of a text's template says something: its letters and digits that must be there,
    as a share of all; 1.0 where nothing is masked."""
    fixed, loose = _weight(template.patterns())
    return fixed / (fixed + loose) if fixed + loose else 1.0


def difference(template: Template[str], text: str, *, cut: bool = False) -> list[str]:
    """The lines in which a text that does not match differs: ` ` in front of one that both have,
    `-` of one that only the template has, `+` of one that only the text has."""
    wanted: list[Pattern[str]] = []
    gaps: set[int] = set()
    for pattern in template.patterns():
        if pattern is None:
            gaps.add(len(wanted))
        elif isinstance(pattern, Exact | Parts):
            wanted.append(pattern)
        else:
            gaps.add(len(wanted))
    found = pieces_of(text, cut=cut)
    lines = list(_unified(wanted, gaps, found))
    if all(line.startswith(" ") for line in lines):
        return ["+(other spaces or empty lines)"]
    return lines


def _unified(wanted: list[Pattern[str]], gaps: set[int], found: list[str]) -> Iterator[str]:
    pairs = align(*_keys(wanted, found))
    at_wanted = at_found = 0
    for end_wanted, end_found in (*pairs, (len(wanted), len(found))):
        missing = wanted[at_wanted:end_wanted]
        extra = found[at_found:end_found]
        if missing or (extra and at_wanted not in gaps):
            if at_wanted:
                yield from _shown(" ", show(wanted[at_wanted - 1]))
            for pattern in missing:
                yield from _shown("-", show(pattern))
            for piece in extra:
                yield from _shown("+", piece)
        at_wanted, at_found = end_wanted + 1, end_found + 1


def _keys(wanted: list[Pattern[str]], found: list[str]) -> tuple[list[str], list[str]]:
    """Equal keys for lines that fit to each other."""
    lines = [(number, each) for number, each in enumerate(wanted) if isinstance(each, Parts)]
    del lines[_TRIED_LINES:]
    exact = {each.element for each in wanted if isinstance(each, Exact)}
    taken: set[int] = set()
    keys_found = []
    for piece in found:
        key = "=" + piece
        if piece not in exact:
            for number, line in lines:
                if number not in taken and line.matches(piece):
                    taken.add(number)
                    key = f"~{number}"
                    break
        keys_found.append(key)
    keys_wanted = [
        "=" + each.element if isinstance(each, Exact) else f"~{number}"
        for number, each in enumerate(wanted)
    ]
    return keys_wanted, keys_found


def _shown(mark: str, text: str) -> Iterator[str]:
    """A line of the difference; empty lines say nothing."""
    if text.strip():
        yield mark + text.strip("\n")


def show(pattern: Pattern[str]) -> str:
    """A pattern as people read it, MASK for what differs from run to run."""
    if isinstance(pattern, Exact):
        return str(pattern.element)
    if isinstance(pattern, Random):
        return pattern.begin + MASK + pattern.end
    if not isinstance(pattern, Parts):
        return MASK
    parts = pattern.template.patterns()
    shown = "".join(MASK if part is None else show(part) for part in parts)
    while MASK + MASK in shown:
        shown = shown.replace(MASK + MASK, MASK)
    return shown


def _weight(patterns: Iterable[Pattern[str] | None]) -> tuple[int, int]:
    """(letters and digits that must be there, places that are masked)."""
    fixed = loose = 0
    for pattern in patterns:
        if isinstance(pattern, Exact):
            fixed += _said(pattern.element)
        elif isinstance(pattern, Parts):
            within = _weight(pattern.template.patterns())
            fixed, loose = fixed + within[0], loose + within[1]
        else:
            loose += 1
            if isinstance(pattern, Random):
                fixed += _said(pattern.begin + pattern.end)
    return fixed, loose


def _said(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _refined_line(variants: Sequence[str]) -> Pattern[str]:
    if len(set(variants)) == 1:
        return Exact(element=variants[0])
    base, *others = map(chunks_of, variants)
    template = build_template(
        base,
        others,
        refine=_refined_chunk,
        significant=_is_no_accident,
        in_step=_are_alike((base, *others), lambda part: is_chunk(part) or kind(part)),
    )
    return Parts(split=chunks_of, template=template)


def _refined_chunk(variants: Sequence[str]) -> Pattern[str] | None:
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
    if not _are_alike(rows, kind) or any(map(_looks_random, middles)):
        least = max(1, min(map(len, middles)) // 2)
        return Random(begin="".join(begin), end="".join(end), least=least)
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


def _are_alike(rows: Iterable[Sequence[str]], kind_of: Callable[[str], object]) -> bool:
    """Whether all rows have parts of the same kinds at the same places."""
    first, *others = ([kind_of(part) for part in row] for row in rows)
    return all(other == first for other in others)


def _looks_random(text: str) -> bool:
    return len(text) >= _SHORTEST_RANDOM and _MIXED.search(text) is not None


def _is_no_accident(chunks: Sequence[str]) -> bool:
    return len(chunks) >= _SHORTEST_STRETCH or any(kind(chunk) == "space" for chunk in chunks)


def _has_words(lines: Sequence[str]) -> bool:
    return any(kind(token) == "word" for line in lines for token in tokens_of(line))
