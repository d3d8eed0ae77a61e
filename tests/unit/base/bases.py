"""Bases for tests, read from archives as an engine gives them out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from slimmer.base import BaseImage, Comparison, Overlay, read_base
from slimmer.image import read_original
from slimmer.values import Entry, EntryType, Original
from tests.unit.xray.archives import File, configuration, digest, docker_archive, layer

Files = Mapping[str, bytes | File]


def described(*layers: bytes, name: str = "base:1", **inspection: Any) -> Original:
    """The image of these layers, as an engine describes it."""
    return read_original(
        name,
        {
            "Id": digest(configuration(layers)),
            "Config": {},
            "Architecture": "amd64",
            "Os": "linux",
            "RootFS": {"Layers": [digest(each) for each in layers]},
            **inspection,
        },
    )


def base_of(folder: Path, *files: Files, history: Iterable[str] = ()) -> BaseImage:
    """A base of so many layers."""
    layers = [layer(each) for each in files]
    place = folder / "base"
    place.mkdir()
    archive = docker_archive(layers, list(history))
    return read_base(described(*layers), iter([archive[:999], archive[999:]]), place)


class Kept:
    """What is kept of an original: entries and their bytes."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {"/": _entry("/", EntryType.DIRECTORY)}
        self.bytes: dict[str, bytes] = {}

    def file(self, path: str, content: bytes, **fields: Any) -> Kept:
        self.bytes[path] = content
        return self._add(_entry(path, EntryType.FILE, size=len(content), **fields))

    def link(self, path: str, target: str) -> Kept:
        return self._add(_entry(path, EntryType.SYMLINK, mode=0o777, link_target=target))

    def directory(self, path: str, **fields: Any) -> Kept:
        return self._add(_entry(path, EntryType.DIRECTORY, **fields))

    def digests(self, paths: Iterable[str]) -> dict[str, bytes]:
        return {path: hashlib.blake2b(self.bytes[path], digest_size=32).digest() for path in paths}

    def on(
        self, base: BaseImage, *, opened: Iterable[str] = (), generated: Iterable[str] = ()
    ) -> Overlay:
        """Laid upon the base; `generated` are paths that slimmer has made."""
        comparison = Comparison(base, self.digests, frozenset(opened))
        return comparison.lay(self.entries, {path: self.bytes[path] for path in generated})

    def _add(self, entry: Entry) -> Kept:
        above = entry.path
        while (above := above.rpartition("/")[0]) and above not in self.entries:
            self.entries[above] = _entry(above, EntryType.DIRECTORY)
        self.entries[entry.path] = entry
        return self


def _entry(path: str, type: EntryType, **fields: Any) -> Entry:
    mode = 0o755 if type is EntryType.DIRECTORY else 0o644
    known = {"mode": mode, "uid": 0, "gid": 0, "size": 0, "mtime_ns": 0, **fields}
    return Entry(path=path, type=type, **known)


def stanza(name: str, version: str, *files: str) -> dict[str, bytes]:
    """A package as distroless images have it in /var/lib/dpkg/status.d, without its files."""
    text = f"Package: {name}\nVersion: {version}\nArchitecture: amd64\n"
    sums = "".join(f"{hashlib.md5(path.encode()).hexdigest()}  {path[1:]}\n" for path in files)
    return {
        f"var/lib/dpkg/status.d/{name}": text.encode(),
        f"var/lib/dpkg/status.d/{name}.md5sums": sums.encode(),
    }


__all__ = ["Kept", "base_of", "described", "stanza"]
