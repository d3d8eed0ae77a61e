"""What a traced run saw → a saved trace: the same paths in the eyes of the keep-set, without the
names that are others in each run.

Where the kernel or the program makes names up, the directory stands for what is in it: `/proc`
for `/proc/17/status`, `/tmp` for a temporary file. The original has none of these paths, and of
such a one the keep-set has only the way up to the directory. Paths that were looked up in vain
keep their names: they are the same in each run, and an original that has one later is another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from slimmer.files import PackageDatabase, Resolution, RootfsIndex, is_below
from slimmer.trace.saved.contents import contents_of
from slimmer.trace.saved.hidden import as_saved
from slimmer.trace.saved.identity import identity_of
from slimmer.trace.saved.saved import BOOT, Fact, Kind, SavedTrace, SeenPath, Use, ready_step
from slimmer.values import Access, Content, EntryType, Original, Probe, Sighting, Source, Trace

_KERNEL_TREES = ("/proc", "/sys", "/dev")
_SENSOR_FOLDER = "/.slim"
_PIECE = 1 << 20


def record(
    original: Original,
    trace: Trace,
    probes: Sequence[Probe],
    *,
    port: int | None,
    ready_seconds: float,
    exit_status: int | None,
    notes: Iterable[str] = (),
    index: RootfsIndex,
    content: Content,
    packages: PackageDatabase,
    dependency_folders: Set[str],
) -> SavedTrace:
    """One traced run of `original`, `probes` being those that it passed, without their secrets.

    `dependency_folders` are as for `contents_of`. Fetches the content of every regular file that
    was seen, for its digest.
    """
    uses = _uses(trace, probes, index)
    boot = _phases_of_boot(trace, probes)
    facts = facts_of(uses, index, content)
    contents = contents_of(original, index, packages, dependency_folders=dependency_folders)
    return SavedTrace(
        identity=replace(identity_of(original), contents=contents),
        runs=1,
        sources=trace.sources,
        missing_sources=frozenset(trace.missing_sources),
        as_entitled=trace.as_entitled,
        port=port,
        ready_within=ready_step(ready_seconds),
        exit_status=exit_status,
        notes=tuple(notes),
        probes=tuple(map(as_saved, probes)),
        calls=tuple(
            sorted(
                {replace(call, phase=BOOT) if call.phase in boot else call for call in trace.calls}
            )
        ),
        phases=(BOOT, *(phase for phase in trace.phases if phase not in boot)),
        paths={path: SeenPath(fact=facts[path], runs=1, uses=uses[path]) for path in sorted(uses)},
    )


def facts_of(
    paths: Iterable[str], index: RootfsIndex, content: Content, *, digests: bool = True
) -> dict[str, Fact]:
    """Path → what it leads to, links followed; without digests nothing is fetched."""
    entries = {path: index.resolve(path).entry for path in paths}
    files = sorted(
        {entry.path for entry in entries.values() if entry and entry.type is EntryType.FILE}
    )
    of_file: dict[str, str] = {}
    if digests:
        content.fetch(files)
        of_file = {path: _digest(content, path) for path in files}
    facts = {}
    for path, entry in entries.items():
        if entry is None:
            facts[path] = Fact(kind=Kind.MISSING)
        elif entry.type is EntryType.FILE:
            facts[path] = Fact(kind=Kind.FILE, size=entry.size, digest=of_file.get(entry.path, ""))
        elif entry.type is EntryType.DIRECTORY:
            facts[path] = Fact(kind=Kind.DIRECTORY)
        else:
            facts[path] = Fact(kind=Kind.OTHER)
    return facts


def _uses(trace: Trace, probes: Sequence[Probe], index: RootfsIndex) -> dict[str, dict[Use, int]]:
    """Path → its uses, without what fanotify saw of a use that the notification has as well."""
    names = _Names(trace.sightings, index)
    boot = _phases_of_boot(trace, probes)
    both = Source.NOTIFY in trace.sources
    uses: dict[str, dict[Use, int]] = {}
    of_fanotify: dict[str, dict[Use, int]] = {}
    notified: set[tuple[str, str, str]] = set()
    for sighting in trace.sightings:
        path = names.stable(sighting.path)
        if not path:
            continue
        phase = BOOT if sighting.phase in boot else sighting.phase
        access = sighting.access.value
        use = Use(
            phase=phase,
            access=access,
            program=_program(sighting, both=both),
            source=sighting.source.value,
        )
        if sighting.source is Source.NOTIFY:
            notified.add((path, phase, access))
            uses.setdefault(path, {})[use] = 1
        else:
            of_fanotify.setdefault(path, {})[use] = 1
    for path, further in of_fanotify.items():
        for use in further:
            if (path, use.phase, use.access) not in notified:
                uses.setdefault(path, {})[use] = 1
    return uses


def _phases_of_boot(trace: Trace, probes: Sequence[Probe]) -> frozenset[str]:
    """The first probe is repeated until the application is ready: what of the boot is over when
    it begins is up to chance."""
    return frozenset((BOOT, *(probe.name for probe in probes[:1]), *trace.phases[:1]))


def _program(sighting: Sighting, *, both: bool) -> str:
    """Who asked. fanotify tells late: of a start it may name either of two programs, and of one
    that has ended none. Where the notification sees as well, its word is enough. The sensor
    stands for the engine."""
    if both and sighting.source is Source.FANOTIFY:
        return ""
    return "" if is_below(sighting.program, _SENSOR_FOLDER) else sighting.program


class _Names:
    """Which name stands for a path that was seen."""

    def __init__(self, sightings: Iterable[Sighting], index: RootfsIndex) -> None:
        self._index = index
        self._known: dict[str, str] = {}
        self._made: Set[str] = frozenset(
            sighting.path
            for sighting in sightings
            if _was_made(sighting) and index.resolve(sighting.path).named is None
        )

    def stable(self, path: str) -> str:
        """The path itself, the directory that stands for it, or nothing for the sensor's own."""
        name = self._known.get(path)
        if name is None:
            name = self._known[path] = self._stable(path)
        return name

    def _stable(self, path: str) -> str:
        if is_below(path, _SENSOR_FOLDER):
            return ""
        found = self._index.resolve(path)
        if found.named is not None or not self._is_made_up(path, found):
            return path
        while self._index.resolve(path).named is None:
            path = path.rpartition("/")[0] or "/"
        return path

    def _is_made_up(self, path: str, found: Resolution) -> bool:
        if any(is_below(found.deepest.path, tree) for tree in _KERNEL_TREES):
            return True
        while path:
            if path in self._made:
                return True
            path = path.rpartition("/")[0]
        return False


def _was_made(sighting: Sighting) -> bool:
    """Whether a path that the original has not must have come to be in the run: it was to be
    made, or it was opened, which fanotify tells only of what there is."""
    return sighting.access is Access.CREATE or sighting.source is Source.FANOTIFY


def _digest(content: Content, path: str) -> str:
    digest = hashlib.sha256()
    with content.open(path) as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return "sha256:" + digest.hexdigest()
