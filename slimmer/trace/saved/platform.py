"""A trace of one platform, said of the image for another: the same files, which lie under other
names where names have the architecture in them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from slimmer.files import RootfsIndex
from slimmer.trace.saved.saved import SavedTrace, SeenPath, Use

_NAMES: Final = {
    "amd64": ("ld-linux-x86-64.so.2", "x86_64", "x86-64", "amd64", "x64", "/lib64/"),
    "arm64": ("ld-linux-aarch64.so.1", "aarch64", "aarch64", "arm64", "arm64", "/lib/"),
}
"""Architecture → what it is called in names: by the dynamic loader, by compilers, by distributions
and by Node, and where its libraries lie. The same place, the same habit."""


def on_platform(saved: SavedTrace, platform: str, index: RootfsIndex) -> tuple[SavedTrace, int]:
    """The trace with its paths as they are called in the image for `platform` (`linux/arm64/v8`),
    which has this index; and how many are called otherwise there. A path stays as it is where no
    other name of it is in the image.

    What the images of the other platform have passed is left out, and so are its system calls.
    """
    before, now = (each.split("/")[1] for each in (saved.identity.platform, platform))
    names = _Names(before, now, index)
    paths: dict[str, SeenPath] = {}
    renamed = 0
    for path, seen in saved.paths.items():
        name = names.of(path)
        renamed += name != path
        uses: dict[Use, int] = {}
        for use, runs in seen.uses.items():
            uses[replace(use, program=names.of(use.program))] = runs
        met = paths.get(name)
        if met is not None:
            seen = replace(seen, runs=max(met.runs, seen.runs))
            uses = {**met.uses, **uses}
        paths[name] = replace(seen, uses=uses)
    repairs = (replace(each, path=names.of(each.path)) for each in saved.repairs)
    return (
        replace(
            saved,
            paths=dict(sorted(paths.items())),
            repairs=tuple(sorted(repairs, key=lambda each: each.path)),
            calls=(),
            passed=(),
        ),
        renamed,
    )


class _Names:
    """What paths of one architecture are called on another."""

    def __init__(self, before: str, now: str, index: RootfsIndex) -> None:
        self._index = index
        self._words: list[tuple[re.Pattern[str], str]] = []
        for word, other in zip(_NAMES.get(before, ()), _NAMES.get(now, ()), strict=False):
            bounded = word if "/" in word else rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])"
            self._words.append((re.compile(bounded), other))

    def of(self, path: str) -> str:
        """The name that the image has."""
        there = (name for name in self._possible(path) if self._index.resolve(name).entry)
        return next(there, path)

    def _possible(self, path: str) -> Iterator[str]:
        """With all words replaced that stand in it, then with fewer of them."""
        words = [each for each in self._words if each[0].search(path)]
        for number in range(len(words), 0, -1):
            for some in itertools.combinations(words, number):
                name = path
                for pattern, other in some:
                    name = pattern.sub(other, name)
                yield name
