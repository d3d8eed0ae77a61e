"""Where the packages of languages lie, in few paths: a directory stands for all that is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from slimmer.codec import AbsolutePath
from slimmer.ecosystems import Installed
from slimmer.files import parent_of

_SYSTEM_TYPES = ("apk", "deb", "rpm")


@dataclass(frozen=True, kw_only=True)
class LanguagePackage:
    """A package of a language that the original has."""

    type: str
    """As in package URLs: `npm`, `pypi`, …; `jar` for Java archives."""
    name: str
    version: str = ""
    paths: tuple[AbsolutePath, ...]
    """Its files, and directories in which the original has no other files."""


def language_packages(
    installed: Iterable[Installed], paths: Iterable[str]
) -> tuple[LanguagePackage, ...]:
    """Those that have files. `paths` are the original's, without directories."""
    whole = _sums(Counter(map(parent_of, paths)))
    return tuple(
        LanguagePackage(
            type=each.type,
            name=each.name,
            version=each.version,
            paths=tuple(sorted(set(_places(each.files, whole)))),
        )
        for each in installed
        if each.files and each.type not in _SYSTEM_TYPES
    )


def _places(files: Iterable[str], whole: Mapping[str, int]) -> Iterator[str]:
    files = frozenset(files)
    own = _sums(Counter(map(parent_of, files)))
    for path in files:
        above = parent_of(path)
        while above != "/" and own[above] == whole[above]:
            path, above = above, parent_of(above)
        yield path


def _sums(direct: Mapping[str, int]) -> Counter[str]:
    """Directory → files below it, from those that lie directly in each."""
    sums: Counter[str] = Counter()
    for directory, number in direct.items():
        sums[directory] += number
        while directory != "/":
            directory = parent_of(directory)
            sums[directory] += number
    return sums
