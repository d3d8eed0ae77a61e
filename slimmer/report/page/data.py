"""What the page's script draws, as JSON: kept paths, areas, and what was dropped where.

Words that repeat are in it once, everything else by position. It has an end, whatever the image:
`LARGEST_TABLE` bytes of kept paths, those with reasons of others and the largest first, and as many
areas and dropped directories as a report has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from slimmer.files import ancestors
from slimmer.report.areas import Area
from slimmer.report.removed import packages_of_type
from slimmer.report.report import KeptPath, Report
from slimmer.words import printable

LARGEST_TABLE: Final = 1_500_000
"""Bytes."""
_LONGEST_NAME: Final = 300
"""Characters of a name on the map."""

_Row = tuple[str, str, int, int, int, int, int, int, int]


def page_data(report: Report, kept: Sequence[KeptPath]) -> Iterator[str]:
    """The text, piece by piece. `</script>` and `<!--` would end or change the element that it is
    in, so it has no `<`. `kept` is what `listed_paths` gave."""
    words: dict[str, int] = {}

    def word(text: str) -> int:
        return words.setdefault(printable(text), len(words))

    def piece(value: object) -> str:
        return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")

    positions = {each.path: position for position, each in enumerate(kept)}
    before = '{"rows":['
    for each in kept:
        directory, _, name = each.path.rpartition("/")
        reasons = [
            [word(reason.rule), word(reason.detail), positions.get(reason.because, -1)]
            for reason in each.reasons
        ]
        row = [
            word(directory or "/"),
            printable(name),
            word(each.type),
            each.size,
            word(each.layer),
            word(each.package),
            word(each.phase),
            reasons,
        ]
        yield before + piece(row)
        before = ","
    yield before if not kept else ""
    yield f'],"words":{piece(list(words))}'
    yield f',"areas":{piece(_areas(report))},"gone":{piece(_gone(report))}'
    yield f',"original":{piece(printable(report.original.reference))}'
    yield f',"image":{piece(printable(report.slim.reference) if report.slim else "")}}}'


def listed_paths(kept: Sequence[KeptPath]) -> Sequence[KeptPath]:
    """As many as the page has room for, sorted by path. What led to others comes first, since a
    reason without its cause explains nothing; then what is large."""
    room = LARGEST_TABLE
    costs = [_cost(each) for each in kept]
    if sum(costs) <= room:
        return kept
    causes = {reason.because for each in kept for reason in each.reasons}
    order = sorted(
        range(len(kept)),
        key=lambda number: (kept[number].path not in causes, -kept[number].size, number),
    )
    chosen: list[int] = []
    for number in order:
        room -= costs[number]
        if room < 0:
            break
        chosen.append(number)
    return [kept[number] for number in sorted(chosen)]


def _cost(each: KeptPath) -> int:
    """Bytes that a row takes at the most, the words that only it has among them. Reasons mostly
    repeat those of others."""
    name = len(each.path) - each.path.rfind("/")
    if not each.path.isascii():
        name *= 6
    return 40 + name + 12 * len(each.reasons) + len(each.reasons[0].detail) // 4


def _areas(report: Report) -> list[_Row]:
    return [
        (
            each.view,
            printable(_name(each))[:_LONGEST_NAME],
            -1 if each.within is None else each.within,
            each.used_files,
            each.used_size,
            each.kept_files,
            each.kept_size,
            each.dropped_files,
            each.dropped_size,
        )
        for each in report.areas
    ]


def _name(area: Area) -> str:
    if area.view == "package" and area.within is None:
        return packages_of_type(area.name) if area.name else "in no package"
    return area.name


def _gone(report: Report) -> list[tuple[str, int, int]]:
    """Dropped directories, and large files that were dropped from others, the largest first."""
    kept = {each.path for each in report.kept}
    places = {
        each.name: (each.dropped_files, each.dropped_size)
        for each in report.dropped.directories
        if each.name.startswith("/")
    }
    whole = places.keys() - kept
    for each in report.areas:
        is_one = each.view == "directory" and each.dropped_files == 1 and not each.kept_files
        if is_one and each.name not in places and whole.isdisjoint(ancestors(each.name)):
            places[each.name] = (1, each.dropped_size)
    largest = sorted(places.items(), key=lambda item: (-item[1][1], item[0]))
    return [(printable(name), files, size) for name, (files, size) in largest]
