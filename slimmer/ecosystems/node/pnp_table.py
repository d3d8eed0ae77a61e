"""The table by which Yarn's Plug'n'Play finds packages: `.pnp.cjs`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slimmer.files import RootfsIndex, join

TABLES = frozenset((".pnp.cjs", ".pnp.js", ".pnp.data.json"))
LARGEST_TABLE = 32 << 20
# Yarn 4 has its table as a text over many lines; before, it was an object in the source.
_TEXT = re.compile(r"RAW_RUNTIME_STATE\s*=\s*'(?P<json>(?:[^'\\]|\\.)*)'", re.S)
_OBJECT = re.compile(r"hydrateRuntimeState\(\s*(?=\{)")
_ESCAPE = re.compile(r"\\(.)", re.S)
_VIRTUAL = re.compile(r"(?P<above>.*/)(?:__virtual__|\$\$virtual)/[^/]+/(?P<up>\d+)/(?P<rest>.*)")

Locator = tuple[str | None, str | None]
"""Name and reference: a version, or where it is from; without both, the project itself."""


@dataclass(frozen=True, slots=True)
class TablePackage:
    """One package of a table."""

    place: str
    """Its directory; where that is inside of an archive, no path of the image."""
    requires: Mapping[str, Locator]


def read_table(data: bytes, folder: str) -> Mapping[Locator, TablePackage]:
    """The packages of a `.pnp.cjs` in this folder; none where it is of another form."""
    packages: dict[Locator, TablePackage] = {}
    for name, versions in _pairs(_state(os.fsdecode(data)).get("packageRegistryData")):
        for reference, information in _pairs(versions):
            if not isinstance(information, dict):
                continue
            place = _real(os.path.normpath(join(folder, str(information.get("packageLocation")))))
            requires = dict(_required(information.get("packageDependencies")))
            packages[name, reference] = TablePackage(place=place, requires=requires)
    return packages


def path_in_image(index: RootfsIndex, place: str) -> str:
    """The archive in which a package is, or its directory; empty where the image has neither, as
    that of an addon for another platform."""
    archive, dot, _ = place.partition(".zip/")
    path = archive + dot.rstrip("/")
    return path if index.get(path) is not None else ""


def _required(listed: object) -> Iterator[tuple[str, Locator]]:
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
