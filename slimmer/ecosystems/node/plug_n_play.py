"""Yarn's Plug'n'Play: packages without a `node_modules`, most of them in archives."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slimmer.ecosystems.node.packages import (
    MANIFEST,
    development_names,
    read_manifest,
    required_names,
    runtime_entries,
)
from slimmer.files import join, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry, EntryType, HeavyOmission

_LARGEST = 32 << 20
_LARGEST_MANIFEST = 1 << 20
# As much of a package that nobody touched stays as of one in a node_modules.
_HEAVIEST = 64_000_000
_MAPS = frozenset((".pnp.cjs", ".pnp.js", ".pnp.data.json"))
# Yarn 4 has its table as a text over many lines; before, it was an object in the source.
_TEXT = re.compile(r"RAW_RUNTIME_STATE\s*=\s*'(?P<json>(?:[^'\\]|\\.)*)'", re.S)
_OBJECT = re.compile(r"hydrateRuntimeState\(\s*(?=\{)")
_ESCAPE = re.compile(r"\\(.)", re.S)
_VIRTUAL = re.compile(r"(?P<above>.*/)(?:__virtual__|\$\$virtual)/[^/]+/(?P<up>\d+)/(?P<rest>.*)")

_Locator = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class _Package:
    place: str
    """Its directory; where that is inside of an archive, no path of the image."""
    requires: Mapping[str, _Locator]


class PlugAndPlayRule(Rule):
    """Node gets its packages out of the archives by a table, `.pnp.cjs`. It opens an archive when
    something in it is loaded, so a probe shows as few of them as of a node_modules."""

    name = "node-plug-n-play"
    summary = "Packages in the archives of Yarn's Plug'n'Play that the application depends on"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # Archive or directory → its bytes.
        self._heavy: dict[str, int] = {}

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if name_of(entry.path) in _MAPS and entry.type is EntryType.FILE:
                yield from self._packages(entry.path)

    def _packages(self, table: str) -> Iterable[Want]:
        self.context.content.fetch([table])
        packages = _read_table(self.context.content.head(table, _LARGEST), parent_of(table))
        for place in sorted(self._wanted(packages)):
            real = self._of_image(place)
            size = sum(entry.size for entry in self.context.index.subtree(real)) if real else 0
            if size > _HEAVIEST:
                self._heavy[real] = size
                continue
            detail = f"a package in the table of {table}"
            if real and real != place:
                yield Want(path=real, detail=detail, because=table, bystander=True)
            elif real:
                for found in runtime_entries(self.context.index, real, self._manifest(real)):
                    yield Want(path=found.path, detail=detail, because=table, bystander=True)

    def _wanted(self, packages: Mapping[_Locator, _Package]) -> set[str]:
        """The places of the packages that the projects of this table lead to, other than by what
        they ask for to be developed."""
        pending: list[_Locator] = []
        for package in packages.values():
            path = join(package.place, MANIFEST)
            if "/node_modules/" in path or not self.context.index.is_file(path):
                continue
            manifest = self._manifest(package.place)
            left = set(development_names(manifest)) - set(required_names(manifest))
            pending += [at for name, at in package.requires.items() if name not in left]
        reached: set[_Locator] = set()
        while pending:
            locator = pending.pop()
            if locator not in reached and locator in packages:
                reached.add(locator)
                pending += packages[locator].requires.values()
        return {packages[locator].place for locator in reached}

    def _of_image(self, place: str) -> str:
        """The archive in which a package is, or its directory; empty where the image has neither,
        as that of an addon for another platform."""
        archive, dot, _ = place.partition(".zip/")
        path = archive + dot.rstrip("/")
        return path if self.context.index.get(path) is not None else ""

    def _manifest(self, folder: str) -> Mapping[str, Any]:
        path = join(folder, MANIFEST)
        if not self.context.index.is_file(path):
            return {}
        self.context.content.fetch([path])
        return read_manifest(self.context.content.head(path, _LARGEST_MANIFEST))

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        for path, size in self._heavy.items():
            if path not in kept:
                yield HeavyOmission(
                    what=f"the Node package {name_of(path)}",
                    size=size,
                    why="nothing touched it",
                    include=path,
                )


def _read_table(data: bytes, folder: str) -> Mapping[_Locator, _Package]:
    """The packages of a `.pnp.cjs` in this folder; none where it is of another form."""
    packages: dict[_Locator, _Package] = {}
    for name, versions in _pairs(_state(os.fsdecode(data)).get("packageRegistryData")):
        for reference, information in _pairs(versions):
            if not isinstance(information, dict):
                continue
            place = _real(os.path.normpath(join(folder, str(information.get("packageLocation")))))
            requires = dict(_required(information.get("packageDependencies")))
            packages[name, reference] = _Package(place=place, requires=requires)
    return packages


def _required(listed: object) -> Iterator[tuple[str, _Locator]]:
    """Names and what they mean: a version, or name and version where it has another name."""
    for name, meant in _pairs(listed):
        if isinstance(name, str) and isinstance(meant, str):
            yield name, (name, meant)
        elif isinstance(name, str) and isinstance(meant, list) and len(meant) == 2:
            yield name, (meant[0], meant[1])


def _pairs(listed: object) -> Iterator[tuple[Any, Any]]:
    if isinstance(listed, list):
        yield from (tuple(each) for each in listed if isinstance(each, list) and len(each) == 2)


def _state(source: str) -> Mapping[str, Any]:
    if text := _TEXT.search(source):
        # A backslash at the end of a line goes with the line's end.
        found = _ESCAPE.sub(lambda match: match[1].strip("\n"), text["json"])
    else:
        start = _OBJECT.search(source)
        found = source[start.end() :] if start else source
    try:
        state, _ = json.JSONDecoder().raw_decode(found)
    except (ValueError, RecursionError):
        return {}
    return state if isinstance(state, dict) else {}


def _real(path: str) -> str:
    """Without the directory that Yarn makes up for a package with peers."""
    while match := _VIRTUAL.fullmatch(path):
        above = "../" * int(match["up"])
        path = os.path.normpath(f"{match['above']}{above}{match['rest']}")
    return path
