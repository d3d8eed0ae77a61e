"""What was used, kept and dropped, by directory, by package and by instruction: what the page's map
draws. As many areas as a page can show, whatever the size of the image."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Final

from slimmer.codec import Keywords
from slimmer.ecosystems import Installed
from slimmer.files import parent_of

_MOST: Final = 900
"""Areas of one view."""
_LEAST_SHARE: Final = 1 / 4000
"""Of all bytes: what is smaller is part of the area around it only."""

_SYSTEM_TYPES: Final = frozenset(("apk", "deb", "rpm"))
_NUMBERS: Final = (
    *("used_files", "used_size", "kept_files", "kept_size", "dropped_files", "dropped_size"),
)

_Key = tuple[str, ...]
"""Names from the outermost area to the one that is meant."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """One part of the original, in one way to divide it."""

    view: Annotated[str, Keywords(words=("directory", "package", "instruction"))]
    name: str
    """A directory, or one large file; a package, or the type of packages around it, as in
    `ecosystems` (empty for files that no package owns); an instruction of the Dockerfile."""
    within: int | None
    """Position in `areas` of the one around it; null for an outermost one."""
    used_files: int
    """Kept regular files that a phase of the traced run used."""
    used_size: int
    kept_files: int
    """All that the slim image has of it, used ones among them."""
    kept_size: int
    dropped_files: int
    dropped_size: int

    @property
    def size(self) -> int:
        """Bytes that the original has of it."""
        return self.kept_size + self.dropped_size


class Sums:
    """Six numbers of an area while they are added up."""

    __slots__ = ("numbers",)

    def __init__(self) -> None:
        self.numbers = [0, 0, 0, 0, 0, 0]

    def add(self, size: int, *, kept: bool, used: bool) -> None:
        """Count a file. Only what is kept can count as used."""
        numbers = self.numbers
        if not kept:
            numbers[4] += 1
            numbers[5] += size
            return
        numbers[2] += 1
        numbers[3] += size
        if used:
            numbers[0] += 1
            numbers[1] += size

    def add_all(self, other: Sums) -> None:
        self.numbers = [mine + more for mine, more in zip(self.numbers, other.numbers, strict=True)]

    @property
    def size(self) -> int:
        return self.numbers[3] + self.numbers[5]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The original's files, and what became of each."""

    sizes: Mapping[str, int]
    """Path → bytes, for all but directories; an inode counts once."""
    kept: Container[str]
    used: Container[str]
    """Regular files that a phase used."""

    def sums(self, key_of: Callable[[str], _Key]) -> dict[_Key, Sums]:
        """By the area that lies innermost around each file."""
        sums: dict[_Key, Sums] = {}
        for path, size in self.sizes.items():
            key = key_of(path)
            if key not in sums:
                sums[key] = Sums()
            sums[key].add(size, kept=path in self.kept, used=path in self.used)
        return sums


def directory_areas(contents: Contents) -> tuple[Area, ...]:
    """By directory, with large files on their own. The root is `/`, the only outermost one."""
    least = _least(contents)
    keys: dict[str, _Key] = {"/": ("/",)}

    def key_of_directory(directory: str) -> _Key:
        key = keys.get(directory)
        if key is None:
            key = keys[directory] = (*key_of_directory(parent_of(directory)), directory)
        return key

    def key_of(path: str) -> _Key:
        key = key_of_directory(parent_of(path))
        return (*key, path) if contents.sizes[path] >= least else key

    return _areas("directory", contents.sums(key_of), least)


def package_areas(
    contents: Contents, package: Callable[[str], str], installed: Iterable[Installed]
) -> tuple[Area, ...]:
    """By package, below the type of packages; what no package owns by its topmost directories.

    A file of two packages counts for the distribution's."""
    installed = tuple(installed)
    system = next((each.type for each in installed if each.type in _SYSTEM_TYPES), "deb")
    owners = {
        path: (each.type, each.name)
        for each in reversed(installed)
        if each.type not in _SYSTEM_TYPES
        for path in each.files
    }

    def key_of(path: str) -> _Key:
        if name := package(path):
            return (system, name)
        return owners.get(path) or ("", top_directory(path))

    return _areas("package", contents.sums(key_of), _least(contents))


def instruction_areas(
    contents: Contents, layer_of: Mapping[str, int], instructions: Mapping[int, str]
) -> tuple[Area, ...]:
    """By the instruction whose layer has what a container sees, lowest first, then by topmost
    directories. `layer_of`: path → number of its layer; `instructions`: that number → text."""

    def key_of(path: str) -> _Key:
        number = layer_of.get(path)
        if number is None:
            return ("not in a layer", top_directory(path))
        text = instructions.get(number) or "by an instruction that the history does not tell"
        return (f"#{number} {text}", top_directory(path))

    return _areas("instruction", contents.sums(key_of), _least(contents))


def top_directory(path: str, depth: int = 2) -> str:
    """`/usr/lib` for `/usr/lib/a/b`, `/etc` for `/etc/passwd`."""
    parts = parent_of(path).split("/")
    return "/".join(parts[: depth + 1]) or "/"


def joined(views: Iterable[tuple[Area, ...]]) -> tuple[Area, ...]:
    """The areas of all views as one list, in which `within` still says the position."""
    together: list[Area] = []
    for areas in views:
        start = len(together)
        together += (
            each if each.within is None else replace(each, within=each.within + start)
            for each in areas
        )
    return tuple(together)


def _least(contents: Contents) -> int:
    return max(1, int(sum(contents.sizes.values()) * _LEAST_SHARE))


def _areas(view: str, innermost: Mapping[_Key, Sums], least: int) -> tuple[Area, ...]:
    """The largest areas with all that is in them, each behind the one around it."""
    sums: dict[_Key, Sums] = {}
    for key, each in innermost.items():
        for depth in range(1, len(key) + 1):
            around = key[:depth]
            if around not in sums:
                sums[around] = Sums()
            sums[around].add_all(each)
    # An area is at least as large as what is in it, so whatever is listed has its outer ones.
    largest = sorted(
        (key for key, each in sums.items() if each.size >= least or len(key) == 1),
        key=lambda key: (-sums[key].size, len(key), key),
    )[:_MOST]
    positions = {key: position for position, key in enumerate(largest)}
    return tuple(
        Area(
            view=view,
            name=key[-1],
            within=positions[key[:-1]] if len(key) > 1 else None,
            **dict(zip(_NUMBERS, sums[key].numbers, strict=True)),
        )
        for key in largest
    )
