"""All readers together: the keep-set with every package that is left described."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from slimmer.ecosystems import (
    PACKAGE_READERS,
    RULE,
    Findings,
    Further,
    Generated,
    MetadataRequest,
    Reader,
)
from slimmer.files import RootfsIndex, ancestors
from slimmer.metadata.apk import ApkReader
from slimmer.metadata.dpkg import DpkgReader
from slimmer.metadata.operating_system import read_operating_system, release_files
from slimmer.metadata.ownership import installed_packages
from slimmer.metadata.result import PackageMetadata
from slimmer.metadata.rpm import RpmReader
from slimmer.values import Entry, EntryType, KeepSet, Reason

_READERS: tuple[type[Reader], ...] = (
    DpkgReader,
    ApkReader,
    RpmReader,
    *PACKAGE_READERS,
)


def package_metadata(request: MetadataRequest) -> PackageMetadata:
    """The keep-set with all that describes the packages of which files are left.

    Content of every kept regular file is fetched on return. The same request gives the same
    bytes.
    """
    readers = [reader(request) for reader in _READERS]
    wanted = [path for reader in readers for path in reader.reads()]
    request.content.fetch(dict.fromkeys([*release_files(request.index), *wanted]))
    system = read_operating_system(request.index, request.content)
    found = [reader.findings() for reader in readers]
    additions = Additions(request)
    for findings in found:
        additions.drop(findings.superseded)
        for further in findings.further:
            additions.keep(further)
        for generated in findings.generated:
            additions.generate(generated)
    request.content.fetch(additions.files())
    keep = additions.keep_set(notes=_notes(found))
    components = {
        component if component.described_by in keep.reasons else replace(component, described_by="")
        for findings in found
        for component in findings.components
    }
    return PackageMetadata(
        keep=keep,
        entries=additions.entries,
        content=additions.content,
        components=tuple(
            sorted(
                components,
                key=lambda each: (
                    each.type,
                    each.namespace,
                    each.name,
                    each.version,
                    each.described_by,
                ),
            )
        ),
        installed=(
            *(each for findings in found for each in findings.installed),
            *installed_packages(request),
        ),
        system=system,
    )


def _notes(found: Sequence[Findings]) -> list[str]:
    return [note for findings in found for note in findings.notes]


class Additions:
    """What is added to a keep-set: paths of the original with the way to them, generated files."""

    def __init__(self, request: MetadataRequest) -> None:
        self._index: RootfsIndex = request.index
        self._excludes = request.excludes
        self._keep = request.keep
        self._reasons: dict[str, tuple[Reason, ...]] = dict(request.keep.reasons)
        self._excluded: set[str] = set(request.keep.excluded)
        self._added: list[Entry] = []
        self.entries: dict[str, Entry] = {}
        self.content: dict[str, bytes] = {}

    def drop(self, paths: Iterable[str]) -> None:
        """Take files out of the keep-set."""
        for path in paths:
            self._reasons.pop(path, None)

    def keep(self, further: Further) -> None:
        """Keep a path of the original, with the directories and links on the way. Nothing where
        it does not exist, is excluded, or where what it describes is not kept."""
        if further.because not in self._reasons:
            return
        walk = self._index.resolve(further.path)
        if walk.entry is None:
            return
        steps = (*walk.way, walk.entry)
        covered = next((step for step in steps if self._excludes.covers(step.path)), None)
        if covered is not None:
            self._excluded.add(covered.path)
            return
        anchor = walk.entry.path
        for step in steps:
            if step.path in self._reasons:
                continue
            if step is walk.entry:
                reason = Reason(rule=RULE, detail=further.detail, because=further.because)
            else:
                rule = "link" if step.type is EntryType.SYMLINK else "directory"
                reason = Reason(rule=rule, detail=f"on the way to {anchor}", because=anchor)
            self._reasons[step.path] = (reason,)
            self._added.append(step)

    def generate(self, generated: Generated) -> None:
        """Add a generated file, and the directories above it that the original does not have."""
        if self._excludes.covers(generated.path):
            self._excluded.add(generated.path)
            return
        path = generated.path
        for directory in ancestors(path):
            if self._index.get(directory) is None:
                self.entries.setdefault(directory, _directory(directory, generated.mtime_ns))
            if directory not in self._reasons:
                self._reasons[directory] = (
                    Reason(rule="directory", detail=f"on the way to {path}", because=path),
                )
        reason = Reason(rule=RULE, detail=generated.detail, because=generated.because)
        self._reasons[path] = (*self._reasons.get(path, ()), reason)
        self.content[path] = generated.content
        self.entries[path] = _file(path, generated, self._index.get(path))

    def files(self) -> Iterable[str]:
        """The regular files of the original that were added."""
        return [entry.path for entry in self._added if entry.type is EntryType.FILE]

    def keep_set(self, *, notes: Iterable[str]) -> KeepSet:
        """The keep-set with everything in it."""
        known = self._keep.reasons
        return replace(
            self._keep,
            reasons=known if self._reasons == known else dict(sorted(self._reasons.items())),
            excluded=tuple(sorted(self._excluded)),
            notes=(*self._keep.notes, *notes),
        )


def _directory(path: str, mtime_ns: int) -> Entry:
    return Entry(
        path=path, type=EntryType.DIRECTORY, mode=0o755, uid=0, gid=0, size=0, mtime_ns=mtime_ns
    )


def _file(path: str, generated: Generated, replaced: Entry | None) -> Entry:
    """Owner and mode of the file that it takes the place of, else root's and readable by all. A
    hard link is broken: the other names keep the original's bytes."""
    known = replaced is not None and replaced.type is EntryType.FILE
    return Entry(
        path=path,
        type=EntryType.FILE,
        mode=replaced.mode if known and replaced else 0o644,
        uid=replaced.uid if known and replaced else 0,
        gid=replaced.gid if known and replaced else 0,
        size=len(generated.content),
        mtime_ns=generated.mtime_ns,
    )
