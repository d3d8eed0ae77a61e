"""Package descriptions of a slim image on a base: both together say what is there, each package
once for each version that has files in the image."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from slimmer.base.image import BaseImage
from slimmer.base.overlay import Overlay
from slimmer.ecosystems import RULE, Component
from slimmer.files import Package, PathGlobs
from slimmer.metadata import MetadataRequest, PackageMetadata, package_metadata
from slimmer.values import EntryType, KeepSet, Reason

_SINGLE: Final = "/var/lib/dpkg/status.d"
_STATUS: Final = "/var/lib/dpkg/status"
_SUMS: Final = ".md5sums"
_APK: Final = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")
_FIELD = re.compile(r"^(Package|Version|Architecture):[ \t]*(\S+)", re.MULTILINE)
_DOCUMENTATION: Final = "/usr/share/doc/"


@dataclass(frozen=True, kw_only=True)
class _Described:
    """A package of the base."""

    package: Package
    place: str
    """The file of its own that says so; empty where one file tells of all packages."""
    remains: bool
    """Whether any file of it can still be seen, its documentation aside."""


def with_packages_of(
    base: BaseImage, metadata: PackageMetadata, overlay: Overlay
) -> PackageMetadata:
    """What describes the kept packages, fitted to what describes those of the base.

    The base tells of its packages itself, and goes on to. Of a package that both have in one
    version nothing is said twice; our files of it join its list. Of two versions both are told
    of, unless nothing is left of the base's.
    """
    described = _described(base, overlay)
    changes = _Changes(metadata)
    for path in [*metadata.content]:
        if path.startswith(_SINGLE + "/") and not path.endswith(_SUMS):
            fields = dict(_FIELD.findall(metadata.content[path].decode("utf-8", "surrogateescape")))
            there = described.get((fields.get("Package", ""), fields.get("Architecture", "")))
            if there is not None:
                _fit(base, changes, path, fields.get("Version", ""), there)
        elif path in _APK and base.index.is_file(path):
            changes.rewrite(path, _joined_stanzas(_read(base, path), metadata.content[path]))
    gone = {
        (each.package.name, each.package.version) for each in described.values() if not each.remains
    }
    components = {
        _identity(each): each
        for each in _components_of(base)
        if each.type != "deb" or (each.name, each.version) not in gone
    }
    for each in metadata.components:
        place = changes.moved.get(each.described_by, each.described_by)
        components.setdefault(_identity(each), replace(each, described_by=place))
    return replace(
        changes.metadata(), components=tuple(components[key] for key in sorted(components))
    )


def told_by(base: BaseImage, descriptions: Mapping[str, bytes]) -> set[str]:
    """Those of these generated files (path → bytes) that say what the base says of its packages
    already: of one package in one version."""
    known = {
        (each.name, each.architecture, each.version)
        for each in base.packages.packages
        if each.manager == "dpkg"
    }
    found = set()
    for path, text in descriptions.items():
        if path.startswith(_SINGLE + "/") and not path.endswith(_SUMS):
            fields = dict(_FIELD.findall(text.decode("utf-8", "surrogateescape")))
            told = (fields.get("Package"), fields.get("Architecture"), fields.get("Version"))
            if told in known:
                found |= {path, path + _SUMS}
    return found


def _components_of(base: BaseImage) -> tuple[Component, ...]:
    """The packages of the base, all of whose files are there."""
    why = (Reason(rule="base", detail=f"in the base {base.reference}"),)
    request = MetadataRequest(
        index=base.index,
        content=base.content,
        keep=KeepSet(reasons={entry.path: why for entry in base.index}),
        packages=base.packages,
        excludes=PathGlobs(()),
    )
    return tuple(
        each if each.described_by in base.index else replace(each, described_by=_STATUS)
        for each in package_metadata(request).components
    )


def _identity(component: Component) -> tuple[str, str, str, str, str]:
    """What two components of one package have in common; of languages, there may be several."""
    place = "" if component.type in ("apk", "deb", "rpm") else component.described_by
    return component.type, component.namespace, component.name, component.version, place


def _fit(base: BaseImage, changes: _Changes, path: str, version: str, there: _Described) -> None:
    sums = path + _SUMS
    if there.package.version == version:
        changes.drop(path)
        if there.place and sums in changes.content:
            place = there.place + _SUMS
            known = _read(base, place) if base.index.is_file(place) else b""
            joined = _joined_sums(known, changes.content[sums])
            changes.move(sums, place)
            if joined == known:
                changes.drop(place)
            else:
                changes.rewrite(place, joined)
        else:
            changes.drop(sums)
        return
    place = there.place if there.place and not there.remains else path
    if place == there.place and there.remains:
        place = f"{path}_{version}"
    changes.move(path, place)
    changes.move(sums, place + _SUMS)


class _Changes:
    """Generated files that get another place, other content, or are not needed."""

    def __init__(self, metadata: PackageMetadata) -> None:
        self._metadata = metadata
        self.content = dict(metadata.content)
        self._entries = dict(metadata.entries)
        self._reasons = dict(metadata.keep.reasons)
        self.moved: dict[str, str] = {}
        """Where what described a package went."""

    def drop(self, path: str) -> None:
        """Nothing where there is none."""
        for known in (self.content, self._entries, self._reasons):
            known.pop(path, None)

    def move(self, path: str, place: str) -> None:
        """Nothing where there is none."""
        if path == place or path not in self.content:
            return
        content, entry, reasons = self.content[path], self._entries[path], self._reasons[path]
        self.drop(path)
        self.moved[path] = place
        self.content[place], self._entries[place] = content, replace(entry, path=place)
        self._reasons[place] = tuple(each for each in reasons if each.rule == RULE)

    def rewrite(self, path: str, content: bytes) -> None:
        self.content[path] = content
        self._entries[path] = replace(self._entries[path], size=len(content))

    def metadata(self) -> PackageMetadata:
        keep = replace(self._metadata.keep, reasons=dict(sorted(self._reasons.items())))
        return replace(self._metadata, keep=keep, entries=self._entries, content=self.content)


def _described(base: BaseImage, overlay: Overlay) -> dict[tuple[str, str], _Described]:
    """(name, architecture) → package, of those that dpkg has installed."""
    places: dict[tuple[str, str], str] = {}
    for entry in base.index.children(_SINGLE):
        if entry.type is EntryType.FILE and not entry.path.endswith(_SUMS):
            text = _read(base, entry.path).decode("utf-8", "surrogateescape")
            fields = dict(_FIELD.findall(text))
            places[fields.get("Package", ""), fields.get("Architecture", "")] = entry.path
    gone = overlay.overridden | overlay.hidden
    return {
        key: _Described(
            package=package,
            place=places.get(key, ""),
            remains=any(path not in gone for path in files if not path.startswith(_DOCUMENTATION)),
        )
        for package, files in base.packages.files().items()
        if package.manager == "dpkg"
        for key in [(package.name, package.architecture)]
    }


def _joined_sums(known: bytes, ours: bytes) -> bytes:
    """The lines of the base, and ours for files that it does not name."""
    lines = known.splitlines()
    named = {line.partition(b"  ")[2].lstrip(b"/") for line in lines}
    further = [
        line for line in ours.splitlines() if line.partition(b"  ")[2].lstrip(b"/") not in named
    ]
    if not further:
        return known
    return b"".join(line + b"\n" for line in (*lines, *further))


def _joined_stanzas(known: bytes, ours: bytes) -> bytes:
    """apk's database of both: a package of the base as the base has it, or as ours has it in
    another version."""
    packages = {_apk_name(stanza): stanza for stanza in _stanzas(known)}
    for stanza in _stanzas(ours):
        name, version = _apk_name(stanza)
        if (name, version) in packages:
            continue
        packages = {key: each for key, each in packages.items() if key[0] != name}
        packages[name, version] = stanza
    return b"".join(stanza + b"\n\n" for stanza in packages.values())


def _stanzas(database: bytes) -> Iterator[bytes]:
    return filter(None, (stanza.strip(b"\n") for stanza in database.split(b"\n\n")))


def _apk_name(stanza: bytes) -> tuple[bytes, bytes]:
    fields: dict[bytes, bytes] = {}
    for line in stanza.splitlines():
        letter, _, value = line.partition(b":")
        fields.setdefault(letter, value)
    return fields.get(b"P", b""), fields.get(b"V", b"")


def _read(base: BaseImage, path: str) -> bytes:
    with base.content.open(path) as stream:
        return stream.read()
