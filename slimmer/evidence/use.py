"""What became of each package of the original, and which of its files somebody opened."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from slimmer.ecosystems import Installed
from slimmer.evidence.identity import PackageId
from slimmer.files import RootfsIndex
from slimmer.metadata import Component, OperatingSystem, PackageMetadata, is_documentation
from slimmer.values import Access, EntryType, Trace

Uses = Mapping[str, tuple[str, ...]]
"""Regular file of the original → the phases in which it was opened or executed, in their order. The
files come in the order of their first use, as far as the trace has it: a saved one knows the phase
only, and has the files of a phase by path."""

_DISTRIBUTIONS: Final = ("deb", "apk", "rpm")
_OPENS: Final = (Access.OPEN, Access.EXECUTE)
_DESCRIPTIONS: Final = (".dist-info", ".egg-info")
"""Directories in which Python describes a distribution: nothing in them is ever run."""
_MANIFEST: Final = "package.json"


class State(enum.Enum):
    """What became of a package."""

    USED = "used"
    """The image has a file of it that was opened or executed in the traced run."""
    UNUSED = "unused"
    """The image has files of it, none of which was."""
    REMOVED = "removed"
    """The image has no file of it, documentation aside."""


@dataclass(frozen=True, kw_only=True)
class PackageUse:
    """One package of the original."""

    component: Component
    """What it is; `kept_files` is 0 where it was removed."""
    state: State
    phases: tuple[str, ...] = ()
    """In which a file of it was opened, in their order."""
    opened: tuple[str, ...] = ()
    """Those files, in the order of their first use."""
    has_code: bool = True
    """False where nothing is left that could run: only what describes the package, and empty
    files."""


def uses_of(trace: Trace, index: RootfsIndex, first_probes: Mapping[str, str]) -> Uses:
    """What was opened, links followed. Looking a file up (stat, access) is no use of it.

    `first_probes` is the phase of a first probe → that of the boot before it: a first probe is
    repeated until the application is ready, so which files are its own is up to chance."""
    position = {phase: number for number, phase in enumerate(trace.phases)}
    real: dict[str, str] = {}
    found: dict[str, set[str]] = {}
    opens = [each for each in trace.sightings if each.access in _OPENS]
    opens.sort(key=lambda each: position.get(each.phase, 0))  # stable: the order within a phase
    for sighting in opens:
        path = real.get(sighting.path)
        if path is None:
            entry = index.resolve(sighting.path).entry
            is_file = entry is not None and entry.type is EntryType.FILE
            path = real[sighting.path] = entry.path if entry is not None and is_file else ""
        if path:
            phase = first_probes.get(sighting.phase, sighting.phase)
            found.setdefault(path, set()).add(phase)
    return {
        path: tuple(sorted(phases, key=lambda phase: position.get(phase, 0)))
        for path, phases in found.items()
    }


def packages_left(metadata: PackageMetadata, uses: Uses, index: RootfsIndex) -> list[PackageUse]:
    """The packages of the slim image, in the order of its components."""
    order = {path: number for number, path in enumerate(uses)}
    return [_left(each, uses, order, index) for each in metadata.components]


def packages_removed(metadata: PackageMetadata, left: Sequence[PackageUse]) -> Iterator[PackageUse]:
    """The packages of the original of which the slim image has nothing.

    What is both installed and left under the same name, at another place, is not among them unless
    its version says that it is another one."""
    versions: dict[tuple[str, str], set[str]] = {}
    for use in left:
        identity = PackageId.of_component(use.component)
        versions.setdefault((identity.type, identity.name), set()).add(identity.version)
    for each in metadata.installed:
        if each.is_left or not each.files:
            continue
        component = _gone(each, metadata.system)
        identity = PackageId.of_component(component)
        known = versions.get((identity.type, identity.name), set())
        if not known or (identity.version and identity.version not in known):
            yield PackageUse(component=component, state=State.REMOVED, has_code=False)


def is_used(package: Installed, uses: Uses) -> bool:
    """Whether a file of it was opened, documentation aside."""
    return any(path in uses and not is_documentation(path) for path in package.files)


def _left(
    component: Component, uses: Uses, order: Mapping[str, int], index: RootfsIndex
) -> PackageUse:
    opened = sorted((path for path in component.files if path in uses), key=order.__getitem__)
    phases = dict.fromkeys(phase for path in opened for phase in uses[path])
    return PackageUse(
        component=component,
        state=State.USED if opened else State.UNUSED,
        phases=tuple(phases),
        opened=tuple(opened),
        has_code=any(not _describes(path, index) for path in component.files)
        or not component.files,
    )


def _describes(path: str, index: RootfsIndex) -> bool:
    """Whether the file can hold no code: it is empty, or tells of its package."""
    entry = index.get(path)
    if entry is not None and entry.type is EntryType.FILE and entry.size == 0:
        return True
    folder, _, name = path.rpartition("/")
    if name == _MANIFEST and "/node_modules/" in path:
        return True
    return any(part.endswith(_DESCRIPTIONS) for part in folder.split("/")[-2:])


def _gone(package: Installed, system: OperatingSystem | None) -> Component:
    """Named as a package of its kind that is left would be."""
    namespace, _, name = package.name.rpartition("/")
    version, qualifiers = package.version, dict[str, str]()
    if package.type in _DISTRIBUTIONS:
        namespace, name = system.id if system is not None else "", package.name
        if package.architecture:
            qualifiers["arch"] = package.architecture
        if package.type == "rpm" and ":" in version:
            qualifiers["epoch"], _, version = version.partition(":")
        if system is not None:
            qualifiers["distro"] = system.release
        if package.source and package.source != package.name:
            qualifiers["upstream"] = package.source
    return Component(
        type=package.type,
        namespace=namespace,
        name=name,
        version=version,
        qualifiers=tuple(sorted(qualifiers.items())),
        kept_files=0,
        total_files=len(package.files),
        described_by="",
    )
