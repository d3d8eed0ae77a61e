"""Texts: lines, and where lines differ the chunks in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from slimmer.verify.compare.alignment import align
from slimmer.verify.compare.chunks import (
    Parts,
    Random,
    are_alike,
    chunks_of,
    is_chunk,
    kind,
    refined_chunk,
    tokens_of,
)
from slimmer.verify.compare.template import Exact, Pattern, Run, Template, build_template

MASK = "…"
"""Stands in a difference for what differs from run to run."""
_PIECE = re.compile(r"[^\n>]*[\n>]|[^\n>]+")
_TRIED_LINES = 200
"""Lines with noise that are looked for in a text that differs: each costs a walk over it."""
_SHORTEST_STRETCH = 4
"""Chunks: fewer between two gaps, and no space among them, are taken for an accident, as the
`:` in two lists."""


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
        refine=refined_chunk,
        significant=_is_no_accident,
        in_step=are_alike((base, *others), lambda part: is_chunk(part) or kind(part)),
    )
    return Parts(split=chunks_of, template=template)


def _is_no_accident(chunks: Sequence[str]) -> bool:
    return len(chunks) >= _SHORTEST_STRETCH or any(kind(chunk) == "space" for chunk in chunks)


def _has_words(lines: Sequence[str]) -> bool:
    return any(kind(token) == "word" for line in lines for token in tokens_of(line))
