"""Packages of Debian and its children: dpkg's status file and file lists, and the single status
files of distroless images, which have no dpkg.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from slimmer.files.index import RootfsIndex
from slimmer.files.packages.control import stanzas
from slimmer.files.packages.database import Package
from slimmer.values import Content, Entry, EntryType

_STATUS = "/var/lib/dpkg/status"
_STATUS_DIRECTORY = "/var/lib/dpkg/status.d"
_LISTS = "/var/lib/dpkg/info"
_DIVERSIONS = "/var/lib/dpkg/diversions"
# apt writes down what it has installed only because something else needed it.
_AUTOMATIC = "/var/lib/apt/extended_states"
_FIELDS = (
    *("Package", "Version", "Architecture", "Source", "Status", "Multi-Arch"),
    *("Depends", "Pre-Depends", "Provides", "Essential", "Priority", "Section"),
)


def dpkg_files(index: RootfsIndex) -> list[str]:
    """The files of dpkg's database that `dpkg_packages` reads."""
    lists = [entry.path for entry in index.children(_LISTS) if entry.path.endswith(".list")]
    single = [entry.path for entry in index.children(_STATUS_DIRECTORY)]
    wanted = [_STATUS, _DIVERSIONS, _AUTOMATIC, *lists, *single]
    return [path for path in wanted if index.is_file(path)]


def dpkg_packages(index: RootfsIndex, content: Content) -> dict[Package, Sequence[str]]:
    """Each installed package with the paths that it recorded."""
    found: dict[Package, Sequence[str]] = {}
    if index.is_file(_STATUS):
        diverted = _diversions(_text(content, _DIVERSIONS)) if index.is_file(_DIVERSIONS) else {}
        automatic = _automatic(index, content)
        for stanza in stanzas(_text(content, _STATUS), _FIELDS):
            # "install ok installed"; removed packages stay listed as "deinstall ok config-files".
            if stanza.get("Status", "").endswith(" installed"):
                list_ = _list_of(index, stanza)
                package = _package(stanza, automatic, list_)
                found[package] = _listed(content, list_, package.name, diverted)
    for entry in index.children(_STATUS_DIRECTORY):
        if entry.type is EntryType.FILE and not entry.path.endswith(".md5sums"):
            for stanza in stanzas(_text(content, entry.path), _FIELDS):
                if "Package" in stanza:
                    found[_package(stanza)] = _summed(index, content, entry.path)
    return found


def _automatic(index: RootfsIndex, content: Content) -> frozenset[str] | None:
    """Names of packages that nobody asked for; None where apt has not written them down."""
    if not index.is_file(_AUTOMATIC):
        return None
    states = stanzas(_text(content, _AUTOMATIC), ("Package", "Auto-Installed"))
    return frozenset(
        state.get("Package", "") for state in states if state.get("Auto-Installed") == "1"
    )


def _package(
    stanza: dict[str, str],
    automatic: frozenset[str] | None = None,
    list_: Entry | None = None,
) -> Package:
    name = stanza.get("Package", "")
    return Package(
        name=name,
        version=stanza.get("Version", ""),
        architecture=stanza.get("Architecture", ""),
        source=stanza.get("Source", name).partition(" ")[0],
        manager="dpkg",
        depends=(
            *_relations(stanza.get("Pre-Depends", "")),
            *_relations(stanza.get("Depends", "")),
        ),
        section=stanza.get("Section", ""),
        requested=automatic is not None and name not in automatic,
        # dpkg writes the list when it unpacks a package.
        installed=0 if list_ is None else list_.mtime_ns // 10**9,
        provides=tuple(name for group in _relations(stanza.get("Provides", "")) for name in group),
        # Debian calls required what its essential packages need, and what a system cannot boot
        # without (Debian Policy 2.5).
        essential=stanza.get("Essential") == "yes" or stanza.get("Priority") == "required",
    )


def _relations(text: str) -> list[tuple[str, ...]]:
    """The groups of `libc6 (>= 2.36), default-mta | mail-transport-agent, perl:any`, without
    versions and architectures (deb-control(5))."""
    groups = (
        tuple(
            alternative.strip().partition(" ")[0].partition("(")[0].partition(":")[0]
            for alternative in group.split("|")
        )
        for group in text.split(",")
    )
    return [group for group in groups if any(group)]


def _list_of(index: RootfsIndex, stanza: dict[str, str]) -> Entry | None:
    """The file with the package's paths; None where dpkg's database has lost it."""
    name = stanza.get("Package", "")
    qualified = f"{_LISTS}/{name}:{stanza.get('Architecture', '')}.list"
    # Packages that may be there for several architectures have the architecture in the name.
    is_qualified = stanza.get("Multi-Arch") == "same" and qualified in index
    path = qualified if is_qualified else f"{_LISTS}/{name}.list"
    return index.get(path) if index.is_file(path) else None


def _listed(
    content: Content, list_: Entry | None, package: str, diverted: dict[str, tuple[str, str]]
) -> Sequence[str]:
    if list_ is None:
        return ()
    paths = _text(content, list_.path).split("\n")
    if not diverted:
        return paths
    if diverted.keys().isdisjoint(paths):
        return paths
    return [_undiverted(path, package, diverted) for path in paths]


def _undiverted(path: str, package: str, diverted: dict[str, tuple[str, str]]) -> str:
    to, by = diverted.get(path, (path, package))
    return path if by == package else to


def _diversions(text: str) -> dict[str, tuple[str, str]]:
    """Path → where dpkg puts it instead, and the one package that still owns the path itself."""
    lines = text.split("\n")
    return {
        path: (instead, package)
        for path, instead, package in zip(lines[0::3], lines[1::3], lines[2::3], strict=False)
    }


def _summed(index: RootfsIndex, content: Content, status: str) -> Sequence[str]:
    path = f"{status}.md5sums"
    if not index.is_file(path):
        return ()
    lines = (line.partition("  ")[2] for line in _text(content, path).split("\n"))
    return ["/" + line.lstrip("/") for line in lines if line]


def _text(content: Content, path: str) -> str:
    with content.open(path) as stream:
        return os.fsdecode(stream.read())
