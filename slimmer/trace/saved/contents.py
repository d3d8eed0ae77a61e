"""What an original consists of beside its application, in few lines: enough to tell later whether
another build of it runs on the same system with the same dependencies."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from typing import Final

from slimmer.files import Package, PackageDatabase, RootfsIndex
from slimmer.trace.saved.saved import Contents
from slimmer.values import Entry, EntryType, Original

_TELLS_NOTHING: Final = frozenset({"ArgsEscaped", "Labels", "OnBuild", "Shell"})
"""Keys of a configuration that no container is run by. CI gives each build labels of its own."""
_SCOPE: Final = "@"
"""Begins the name of a folder of npm that holds packages of one owner."""


def contents_of(
    original: Original,
    index: RootfsIndex,
    packages: PackageDatabase,
    *,
    dependency_folders: Set[str],
) -> Contents:
    """`dependency_folders` are as for `Units`. No file is read."""
    return Contents(
        settings=dict(sorted(_settings(original.config))),
        packages=_packages(packages),
        installed=_installed(index, packages, Units(index, dependency_folders)),
    )


def _settings(config: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Name → digest; each variable by its own name."""
    for key, value in config.items():
        if key == "Env" and isinstance(value, list):
            for variable in value:
                name, _, text = str(variable).partition("=")
                yield f"Env {name}", _digest(text)
        elif key not in _TELLS_NOTHING:
            yield key, _digest(json.dumps(value, sort_keys=True, separators=(",", ":")))


def _packages(packages: PackageDatabase) -> dict[str, str]:
    """Name → version; all of them, where a package is installed more than once."""
    versions: defaultdict[str, list[str]] = defaultdict(list)
    for each in packages.packages:
        versions[package_key(each)].append(each.version)
    return {name: " ".join(sorted(found)) for name, found in sorted(versions.items())}


def package_key(package: Package) -> str:
    """What a package is called here, whatever its version: `dpkg libc6:amd64`."""
    return f"{package.manager} {package.name}:{package.architecture}"


def _installed(index: RootfsIndex, packages: PackageDatabase, units: Units) -> dict[str, str]:
    """Path of each package that a language installed → digest of its files' names, types and
    sizes. Byte code is left out, which an installation may or may not make, and so is what the
    distribution's packages own: their versions say more."""
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for entry in index:
        unit = "" if entry.type is EntryType.DIRECTORY else units.of(entry.path)
        if unit and not is_byte_code(entry.path) and packages.owner(entry.path) is None:
            lines[unit].append(_line(entry, unit))
    return {unit: _digest("\n".join(sorted(found))) for unit, found in sorted(lines.items())}


class Units:
    """Tells which package of a language a path is a part of."""

    def __init__(self, index: RootfsIndex, dependency_folders: Set[str]) -> None:
        """`dependency_folders` are names of folders that hold packages, `NAME/CHILD` where only
        one with that child does."""
        self._index = index
        self._children = {
            name: child for name, _, child in (each.partition("/") for each in dependency_folders)
        }

    def of(self, path: str) -> str:
        """The child of the topmost folder for packages; empty for what lies in none. In npm's
        `node_modules` it may be a grandchild, `@owner/name`."""
        parts = path.split("/")
        if self._children.keys().isdisjoint(parts):
            return ""
        for number, name in enumerate(parts[:-1], 1):
            child = self._children.get(name)
            if child is None or (
                child and f"{'/'.join(parts[:number])}/{child}" not in self._index
            ):
                continue
            is_scope = parts[number].startswith(_SCOPE) and len(parts) > number + 1
            return "/".join(parts[: number + (2 if is_scope else 1)])
        return ""


def is_byte_code(path: str) -> bool:
    """Whether Python made the file of a source that lies beside its folder."""
    folder, _, name = path.rpartition("/")
    return folder.endswith("/__pycache__") and name.endswith(".pyc")


def source_of(byte_code: str) -> str:
    """Where the source of a file of byte code lies."""
    folder, _, name = byte_code.rpartition("/")
    return f"{folder.rpartition('/')[0]}/{name.partition('.')[0]}.py"


def _line(entry: Entry, unit: str) -> str:
    size = entry.size if entry.type is EntryType.FILE else 0
    return f"{entry.path[len(unit) :]}\t{entry.type.value}\t{size}\t{entry.link_target}"


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
