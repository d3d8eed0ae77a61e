"""Packages of Alpine and Wolfi: apk's installed database, one file."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from slimmer.files.index import RootfsIndex
from slimmer.files.packages.database import Package
from slimmer.values import Content, EntryType

# apk 2 and apk 3 (/usr merged).
_CONSTRAINT = re.compile("[<>=~]")
_WORLD = "/etc/apk/world"
_DATABASES = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")


def apk_files(index: RootfsIndex) -> list[str]:
    """The files of apk's database that `apk_packages` reads, as real paths."""
    entries = [index.resolve(path).entry for path in (*_DATABASES, _WORLD)]
    paths = [entry.path for entry in entries if entry and entry.type is EntryType.FILE]
    return list(dict.fromkeys(paths))


def apk_packages(index: RootfsIndex, content: Content) -> dict[Package, Sequence[str]]:
    """Each installed package with the paths that it recorded."""
    found: dict[Package, Sequence[str]] = {}
    texts = {}
    for path in apk_files(index):
        with content.open(path) as stream:
            texts[path] = os.fsdecode(stream.read())
    world = frozenset(_CONSTRAINT.split(word)[0] for word in texts.pop(_WORLD, "").split())
    for text in texts.values():
        for stanza in text.split("\n\n"):
            package, files = _read_stanza(stanza, world)
            if package.name:
                found[package] = files
    return found


def _read_stanza(stanza: str, world: frozenset[str]) -> tuple[Package, list[str]]:
    """`F:` opens a directory, each `R:` behind it is a file in it."""
    fields: dict[str, str] = {}
    files: list[str] = []
    directory = ""
    for line in stanza.split("\n"):
        letter, _, value = line.partition(":")
        if letter == "F":
            directory = f"/{value}" if value else ""
        elif letter == "R":
            files.append(f"{directory}/{value}")
        else:
            fields.setdefault(letter, value)
    name = fields.get("P", "")
    package = Package(
        name=name,
        version=fields.get("V", ""),
        architecture=fields.get("A", ""),
        source=fields.get("o", name),
        manager="apk",
        requested=name in world,
        # `!name` is a conflict. A constraint on the version is no part of the name.
        depends=tuple(
            (_CONSTRAINT.split(word)[0],)
            for word in fields.get("D", "").split()
            if not word.startswith("!")
        ),
        provides=tuple(_CONSTRAINT.split(word)[0] for word in fields.get("p", "").split()),
    )
    return package, files
