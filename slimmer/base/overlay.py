"""What is kept, laid upon a base: path by path, what the base has already, what our layers have to
add, and what they have to have otherwise. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from slimmer.base.image import BaseImage
from slimmer.files import is_below, parent_of
from slimmer.pack import clamped_seconds, is_of_the_host
from slimmer.values import Entry, EntryType

_OF_THE_BASE: Final = (
    *("/etc/ca-certificates", "/etc/ca-certificates.conf", "/etc/pki/ca-trust", "/etc/ssl/certs"),
    *("/usr/share/ca-certificates", "/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo"),
    *("/etc/os-release", "/usr/lib/os-release", "/etc/alpine-release", "/etc/debian_version"),
    *("/etc/issue", "/etc/issue.net", "/etc/lsb-release", "/etc/redhat-release"),
    *("/etc/ethertypes", "/etc/host.conf", "/etc/networks", "/etc/nsswitch.conf"),
    *("/etc/protocols", "/etc/rpc", "/etc/services"),
)
"""What a base is taken for, and keeps up to date: authorities, time zones, what it is. Users and
groups are not among it: who runs the application is the application's matter."""

Digests = Callable[[Iterable[str]], Mapping[str, bytes]]
"""Paths of regular files of the original → their BLAKE2b digests (32 bytes)."""


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """A finished image on a base. Sets of paths are of files, links and devices."""

    entries: Mapping[str, Entry]
    """All that a container shows."""
    ours: frozenset[str]
    """What our layers hold for its own sake, directories among it."""
    shared: frozenset[str]
    """Kept, and in the base the same."""
    added: frozenset[str]
    """Kept, and not in the base."""
    overridden: frozenset[str]
    """Kept, and in the base otherwise: what our layers have counts."""
    left: frozenset[str]
    """Kept, and in the base otherwise: what the base has counts."""
    hidden: frozenset[str]
    """Of the base, and below a directory of it that is something else in our layers."""

    @property
    def of_base(self) -> frozenset[str]:
        """All that is as the base has it, directories among it."""
        return frozenset(self.entries) - self.ours


class Comparison:
    """Holds what is kept of one original against one base; digests are asked for once."""

    def __init__(self, base: BaseImage, digests: Digests, opened: Collection[str]) -> None:
        """`opened` are the paths that were read in the trace: links, and what they lead to."""
        self._base = base
        self._digests = digests
        self._opened = opened
        self._known: dict[str, bytes] = {}

    def lay(self, kept: Mapping[str, Entry], generated: Mapping[str, bytes]) -> Overlay:
        """`kept`: the slim image's paths with their parents; `generated`: the bytes of those that
        slimmer has made."""
        base = self._base.index
        files = {path for path, each in kept.items() if each.type is not EntryType.DIRECTORY}
        added = {path for path in files if base.get(path) is None}
        shared = self.same(kept, generated)
        different = files - added - shared
        left = {path for path in different if self._stays(path)}
        overridden = different - left
        changed = {parent_of(path) for path in added | overridden}
        ours = {"/", *added, *overridden}
        ours |= {
            path
            for path, entry in kept.items()
            if entry.type is EntryType.DIRECTORY
            and (path in changed or not _alike(entry, base.get(path)))
        }
        hidden = self._hidden(overridden)
        entries = {each.path: each for each in base if each.path not in hidden}
        entries |= {path: kept[path] for path in ours}
        return Overlay(
            entries=dict(sorted(entries.items())),
            ours=frozenset(ours),
            shared=frozenset(shared),
            added=frozenset(added),
            overridden=frozenset(overridden),
            left=frozenset(left),
            hidden=frozenset(
                path for path in hidden if base.entries[path].type is not EntryType.DIRECTORY
            ),
        )

    def same(self, entries: Mapping[str, Entry], generated: Mapping[str, bytes]) -> set[str]:
        """Files, links and devices that the base has as they are here; `generated` as in `lay`."""
        self._ask(entries, generated)
        timed = _sources(entries)
        return {
            path
            for path, entry in entries.items()
            if entry.type is not EntryType.DIRECTORY
            and self._is_same(entry, generated, timed=path in timed)
        }

    def _ask(self, kept: Mapping[str, Entry], generated: Mapping[str, bytes]) -> None:
        wanted = [
            path
            for path, entry in kept.items()
            if path not in generated
            and path not in self._known
            and entry.type is EntryType.FILE
            and (there := self._base.index.get(path)) is not None
            and there.type is EntryType.FILE
            and there.size == entry.size > 0
        ]
        if wanted:
            self._known |= self._digests(wanted)

    def _is_same(self, entry: Entry, generated: Mapping[str, bytes], *, timed: bool) -> bool:
        """`timed`: whether the time of modification matters as well."""
        path = entry.path
        there = self._base.index.get(path)
        if there is None or not _alike(entry, there):
            return False
        if timed and _seconds(entry) != _seconds(there):
            return False
        if entry.type is not EntryType.FILE:
            return (entry.link_target, entry.device) == (there.link_target, there.device)
        if entry.size != there.size:
            return False
        if path in generated:
            with self._base.content.open(path) as stream:
                return stream.read() == generated[path]
        return not entry.size or self._known[path] == self._base.content.digest(path)

    def _stays(self, path: str) -> bool:
        """Whether the base's own is taken although the original's differs."""
        there = self._base.index.get(path)
        return (
            any(path == place or is_below(path, place) for place in _OF_THE_BASE)
            and path not in self._opened
            and there is not None
            and there.type is not EntryType.DIRECTORY
        )

    def _hidden(self, overridden: Collection[str]) -> set[str]:
        """What lies below directories of the base that are none in our layers."""
        base = self._base.index
        gone = {
            path
            for path in overridden
            if (there := base.get(path)) is not None and there.type is EntryType.DIRECTORY
        }
        return {each.path for path in gone for each in base.subtree(path)} - gone


def _sources(files: Iterable[str]) -> set[str]:
    """The modules of which the compiled form is kept. It holds the time of its source, and Python
    compiles anew, at each start, what has another."""
    found = set()
    for path in files:
        if path.endswith(".pyc") and "/__pycache__/" in path:
            folder, _, name = path.rpartition("/__pycache__/")
            found.add(f"{folder}/{name.partition('.')[0]}.py")
    return found


def _alike(entry: Entry, there: Entry | None) -> bool:
    """Whether type, mode, owner and attributes are the same; those of a link's mode say nothing."""
    if there is None or entry.type is not there.type:
        return False
    if entry.type is not EntryType.SYMLINK and entry.mode != there.mode:
        return False
    return (entry.uid, entry.gid, _attributes(entry)) == (
        there.uid,
        there.gid,
        _attributes(there),
    )


def _attributes(entry: Entry) -> list[tuple[str, bytes]]:
    return [(name, value) for name, value in entry.xattrs if not is_of_the_host(name)]


def _seconds(entry: Entry) -> int:
    return clamped_seconds(entry.mtime_ns, None)
