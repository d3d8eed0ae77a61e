"""What several sequences have in common, as a template that another one can be held against.

The sequences are what one thing looked like several times: the lines of a page, the words of a
line, the items of a list. Elements at which all agree must be there, in their order. Where they
differ in as many elements each, these are looked into one by one; where they differ in number
there is a gap, which takes anything. Sequences that are permutations of each other agree in what
they have but not in its order, and neither need the one that is held against them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from slimmer.verify.compare.alignment import align

T = TypeVar("T", bound=Hashable)
T_contra = TypeVar("T_contra", bound=Hashable, contravariant=True)


class Pattern(Protocol[T_contra]):
    """What one element may look like."""

    def matches(self, element: T_contra) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Exact(Generic[T]):
    """The element at which all sequences agree."""

    element: T

    def matches(self, element: T) -> bool:
        return element == self.element


@dataclass(frozen=True, kw_only=True)
class Anything(Generic[T]):
    """Some element: the one that a gap has at least."""

    def matches(self, element: T) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class Run(Generic[T]):
    """Patterns for elements that follow each other without a gap."""

    patterns: tuple[Pattern[T], ...]
    unordered: bool = False
    """All patterns are exact, and their order does not count."""

    def matches(self, elements: Sequence[T]) -> bool:
        """Whether these elements, as many as there are patterns, fit."""
        if self.unordered:
            wanted = Counter(each.element for each in self.patterns if isinstance(each, Exact))
            return Counter(elements) == wanted
        return all(
            pattern.matches(element)
            for pattern, element in zip(self.patterns, elements, strict=True)
        )


@dataclass(frozen=True, kw_only=True)
class Template(Generic[T]):
    """Stretches with a gap before each but the first; the first stands at the very beginning,
    the last at the very end."""

    stretches: tuple[tuple[Run[T], ...], ...]

    def matches(self, elements: Sequence[T]) -> bool:
        """Whether the elements fit. Each stretch is taken where it fits first: as stretches have
        fixed lengths, a later place could only leave less room for the rest."""
        first, *others = self.stretches
        place = 0 if others or _length(first) == len(elements) else None
        if place is None or not _fits(first, elements, 0):
            return False
        place = _length(first)
        for number, stretch in enumerate(others, 1):
            length = _length(stretch)
            last = len(elements) - length
            begin = max(place, last) if number == len(others) else place
            found = next(
                (at for at in range(begin, last + 1) if _fits(stretch, elements, at)), None
            )
            if found is None:
                return False
            place = found + length
        return True

    def patterns(self) -> Iterator[Pattern[T] | None]:
        """All patterns in their order, None for each gap."""
        for number, stretch in enumerate(self.stretches):
            if number:
                yield None
            for run in stretch:
                yield from run.patterns


def _length(stretch: tuple[Run[T], ...]) -> int:
    return sum(len(run.patterns) for run in stretch)


def _fits(stretch: tuple[Run[T], ...], elements: Sequence[T], begin: int) -> bool:
    if begin < 0 or begin + _length(stretch) > len(elements):
        return False
    for run in stretch:
        end = begin + len(run.patterns)
        if not run.matches(elements[begin:end]):
            return False
        begin = end
    return True


def build_template(
    base: Sequence[T],
    others: Sequence[Sequence[T]],
    *,
    refine: Callable[[Sequence[T]], Pattern[T] | None],
    significant: Callable[[Sequence[T]], bool] = lambda _: True,
    in_step: bool = False,
) -> Template[T]:
    """The template of a sequence and others of the same kind.

    `refine` gives the pattern for elements that stand at one place; it gets one of each sequence,
    and gives None where they have nothing to do with each other: then there is a gap. A stretch
    between two gaps that is not `significant` is taken for an accident and becomes part of the
    gap. `in_step`: the sequences have the same length, and elements at
    the same position belong together.
    """
    if _are_permutations(base, others):
        return Template(stretches=(tuple(_permuted(base, others)),))
    stable = _stable(base, others, significant, in_step=in_step)
    stretches: list[list[Pattern[T]]] = [[]]
    before = tuple(-1 for _ in range(len(others) + 1))
    for place in (*stable, (len(base), *map(len, others))):
        spans = [
            sequence[begin + 1 : end]
            for sequence, begin, end in zip((base, *others), before, place, strict=True)
        ]
        lengths = {len(span) for span in spans}
        refined: list[Pattern[T] | None] = [None]
        if len(lengths) == 1:
            refined = [refine(variants) for variants in zip(*spans, strict=True)]
        if None not in refined:
            stretches[-1] += [pattern for pattern in refined if pattern is not None]
        else:
            if min(lengths):
                stretches[-1].append(Anything())
            stretches.append([])
        if place[0] < len(base):
            stretches[-1].append(Exact(element=base[place[0]]))
        before = place
    return Template(stretches=tuple((Run(patterns=tuple(each)),) for each in stretches))


def _stable(
    base: Sequence[T],
    others: Sequence[Sequence[T]],
    significant: Callable[[Sequence[T]], bool],
    *,
    in_step: bool,
) -> list[tuple[int, ...]]:
    """For each element that all have: its position in the base and in each of the others."""
    maps = [
        {at: at for at in range(len(base)) if base[at] == other[at]}
        if in_step
        else dict(align(base, other))
        for other in others
    ]
    places = [
        (at, *(each[at] for each in maps))
        for at in range(len(base))
        if all(at in each for each in maps)
    ]
    if in_step:
        return places
    runs: list[list[tuple[int, ...]]] = []
    for place in places:
        if runs and all(now == last + 1 for now, last in zip(place, runs[-1][-1], strict=True)):
            runs[-1].append(place)
        else:
            runs.append([place])
    ends = tuple(len(each) for each in (base, *others))
    return [
        place
        for run in runs
        if run[0] == (0,) * len(ends)
        or tuple(at + 1 for at in run[-1]) == ends
        or significant([base[place[0]] for place in run])
        for place in run
    ]


def _are_permutations(base: Sequence[T], others: Sequence[Sequence[T]]) -> bool:
    if any(len(other) != len(base) for other in others):
        return False
    counted = Counter(base)
    return all(Counter(other) == counted for other in others)


def _permuted(base: Sequence[T], others: Sequence[Sequence[T]]) -> Iterator[Run[T]]:
    """The common beginning, what is permuted, the common end."""
    rows = list(zip(base, *others, strict=True))
    moved = [number for number, row in enumerate(rows) if len(set(row)) > 1]
    exact = [Exact(element=element) for element in base]
    if not moved:
        yield Run(patterns=tuple(exact))
        return
    begin, end = moved[0], moved[-1] + 1
    yield Run(patterns=tuple(exact[:begin]))
    yield Run(patterns=tuple(exact[begin:end]), unordered=True)
    yield Run(patterns=tuple(exact[end:]))
