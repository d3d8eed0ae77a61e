"""Whether what is kept can stand on a base, and what of the base it puts into the shade."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from slimmer.base.image import BaseImage
from slimmer.base.overlay import Overlay
from slimmer.errors import BaseUnfitError
from slimmer.files import PackageDatabase, name_of
from slimmer.keep.linux import ElfFiles
from slimmer.values import Content, Entry, EntryType, KeepSet, Original

_LOADERS: Final = {
    "glibc": re.compile(r"ld-linux[\w-]*\.so\.\d+|ld64\.so\.\d+|ld\.so\.1"),
    "musl": re.compile(r"ld-musl-[\w-]+\.so\.1"),
    "uClibc": re.compile(r"ld(64)?-uClibc\.so\.\d+"),
}
"""C library → the names of its dynamic loader, which programs have written into them."""
_LIBRARY = re.compile(r".+\.so(\.[\w.-]+)?")
_LIBRARY_FOLDERS: Final = re.compile(r"(/usr)?(/local)?/lib(32|64|x32)?(/[\w-]+-linux-[\w-]+)?")
"""Where loaders look by themselves."""


@dataclass(frozen=True, kw_only=True)
class Shadowed:
    """A library of the base of which the slim image has another version."""

    soname: str
    path: str
    """In the base."""
    by: str
    """In our layers; the same path where it replaces the base's."""
    versions: tuple[str, str] = ("", "")
    """Of the packages that they are of, the base's first; empty where none is known."""

    def __str__(self) -> str:
        versions = " ({}, now {})".format(*self.versions) if all(self.versions) else ""
        where = "" if self.by == self.path else f" by {self.by}"
        return f"{self.soname}{versions}: {self.path} is shadowed{where}"


def check_platform(base: Original, original: Original) -> None:
    """Raises BaseUnfitError for a base of another platform, or without layers."""
    if (base.os, base.architecture) != (original.os, original.architecture):
        raise BaseUnfitError(
            f"the base {base.reference} is for {base.os}/{base.architecture}, and "
            f"{original.reference} for {original.os}/{original.architecture}",
            hint="name the base of that platform",
        )
    if not base.layers:
        raise BaseUnfitError(
            f"the base {base.reference} has no layers: there is nothing to stand on",
            hint="build without --base",
        )


def check_library(base: BaseImage, keep: KeepSet, entries: Mapping[str, Entry]) -> None:
    """Raises BaseUnfitError where kept programs are linked to another C library than the base's:
    libraries of both would meet in one folder. A base without any is fine."""
    needed, there = _loaders(entries), _loaders(base.index.entries)
    if not needed or not there or not needed.keys().isdisjoint(there):
        return
    kind, loader = next(iter(needed.items()))
    own, own_loader = next(iter(there.items()))
    reasons = keep.reasons.get(loader, ())
    program = next((each.because for each in reasons if each.because), "")
    raise BaseUnfitError(
        f"the base {base.reference} is a system of {own} ({own_loader}), and "
        f"{program or 'what is kept'} is linked to {kind} ({loader})",
        hint=f"name a base with {kind}, or one without a C library (distroless static)",
    )


def _loaders(entries: Mapping[str, Entry]) -> dict[str, str]:
    """C library → the path of its loader."""
    return {
        kind: path
        for path in entries
        if ".so" in path
        for kind, names in _LOADERS.items()
        if names.fullmatch(name_of(path))
    }


def shadowed_libraries(
    base: BaseImage,
    overlay: Overlay,
    *,
    content: Content,
    packages: PackageDatabase,
) -> tuple[Shadowed, ...]:
    """Libraries of the base that are replaced, or that a loader may find in two places; sorted.
    `content` and `packages` are the original's."""
    theirs = ElfFiles(base.content)
    ours = ElfFiles(content)
    by_name: dict[str, str] = {}
    for path in _libraries(overlay.ours, overlay.entries.get):
        elf = ours.get(path)
        if elf is not None and elf.soname:
            by_name.setdefault(elf.soname, path)
    found = []
    for path in _libraries(base.index.entries, base.index.get):
        if path in overlay.hidden:
            continue  # nobody finds it
        if not (path in overlay.overridden or _LIBRARY_FOLDERS.fullmatch(path.rpartition("/")[0])):
            continue
        elf = theirs.get(path)
        if elf is None or not elf.soname or elf.soname not in by_name:
            continue
        by = path if path in overlay.overridden else by_name[elf.soname]
        versions = (_version(base.packages, path), _version(packages, by))
        found.append(Shadowed(soname=elf.soname, path=path, by=by, versions=versions))
    return tuple(sorted(found, key=lambda each: (each.soname, each.path)))


def _libraries(paths: Iterable[str], entry: Callable[[str], Entry | None]) -> Iterable[str]:
    for path in paths:
        found = entry(path)
        is_file = found is not None and found.type is EntryType.FILE and found.size > 0
        if is_file and _LIBRARY.fullmatch(name_of(path)):
            yield path


def _version(packages: PackageDatabase, path: str) -> str:
    return getattr(packages.owner(path), "version", "")
