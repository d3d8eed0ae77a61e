"""Which elements of two sequences belong together: patience alignment.

Elements that occur exactly once in both are anchors, in their longest common order; between two
anchors the same begins anew. Only what has no anchors, and is small, is left to difflib. So a
page of 10,000 lines, most of them `</div>`, takes milliseconds where difflib alone takes minutes,
and a match is hardly ever an accident.
"""

from __future__ import annotations

import difflib
import itertools
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

SMALL = 40_000
"""The product of two lengths up to which difflib may look at all pairs: some 10 ms."""


def align(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs (position in a, position in b) of equal elements, rising in both."""
    pairs: list[tuple[int, int]] = []
    waiting = [(0, len(a), 0, len(b))]
    while waiting:
        begin_a, end_a, begin_b, end_b = waiting.pop()
        while begin_a < end_a and begin_b < end_b and a[begin_a] == b[begin_b]:
            pairs.append((begin_a, begin_b))
            begin_a, begin_b = begin_a + 1, begin_b + 1
        while begin_a < end_a and begin_b < end_b and a[end_a - 1] == b[end_b - 1]:
            end_a, end_b = end_a - 1, end_b - 1
            pairs.append((end_a, end_b))
        if begin_a == end_a or begin_b == end_b:
            continue
        anchors = _anchors(a, b, (begin_a, end_a, begin_b, end_b))
        if not anchors:
            pairs += _all_pairs(a, b, (begin_a, end_a, begin_b, end_b))
            continue
        pairs += anchors
        edges = [(begin_a - 1, begin_b - 1), *anchors, (end_a, end_b)]
        for (left_a, left_b), (right_a, right_b) in itertools.pairwise(edges):
            waiting.append((left_a + 1, right_a, left_b + 1, right_b))
    return sorted(pairs)


def _anchors(
    a: Sequence[Hashable], b: Sequence[Hashable], part: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    begin_a, end_a, begin_b, end_b = part
    counts_a, counts_b = Counter(a[begin_a:end_a]), Counter(b[begin_b:end_b])
    once = {element for element, count in counts_a.items() if count == 1 == counts_b[element]}
    place = {b[at]: at for at in range(begin_b, end_b) if b[at] in once}
    pairs = [(at, place[a[at]]) for at in range(begin_a, end_a) if a[at] in once]
    return list(_longest_rise(pairs))


def _longest_rise(pairs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The longest subsequence whose second members rise (the first do already)."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, second) in enumerate(pairs):
        place = bisect_left(tops, second)
        tops[place : place + 1] = [second]
        ends[place : place + 1] = [number]
        before.append(ends[place - 1] if place else -1)
    chain = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return reversed(chain)


def _all_pairs(
    a: Sequence[Hashable], b: Sequence[Hashable], part: tuple[int, int, int, int]
) -> Iterator[tuple[int, int]]:
    begin_a, end_a, begin_b, end_b = part
    if (end_a - begin_a) * (end_b - begin_b) > SMALL:
        return
    matcher = difflib.SequenceMatcher(None, a[begin_a:end_a], b[begin_b:end_b], autojunk=False)
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            yield begin_a + block.a + offset, begin_b + block.b + offset
