"""`--base`: the slim image stands on another image's layers, and holds only what that lacks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from slimmer.base import (
    LAYER,
    BaseImage,
    Comparison,
    Overlay,
    Shadowed,
    check_library,
    read_base,
    shadowed_libraries,
    told_by,
    with_packages_of,
)
from slimmer.build.job import Job
from slimmer.build.values import DebugLayer, Foundation, OriginalFiles
from slimmer.errors import BaseUnfitError
from slimmer.metadata import PackageMetadata, read_operating_system
from slimmer.pack import storable_entries
from slimmer.report import BaseSummary, RejectedBase
from slimmer.values import Access, Content, Entry, EntryType, LayerPlan, Original, Reason, Trace
from slimmer.words import count, size

_SHOWN = 3
_DPKG = "/dpkg/status.d/"


def trimmed(foundation: Foundation, layer: DebugLayer) -> DebugLayer:
    """The debug image's layer without what the base has as it is, or tells of."""
    entries = {each.path: each for each in layer.plan.entries}
    own = {path: each for path, each in entries.items() if path not in layer.foreign}
    same = foundation.comparison.same(own, {}) & foundation.overlay.of_base
    told = told_by(
        foundation.base,
        {
            path: _read(layer.content, path)
            for path in layer.foreign
            if path in entries and entries[path].type is EntryType.FILE and _DPKG in path
        },
    )
    left = tuple(each for each in layer.plan.entries if each.path not in same | told)
    return replace(layer, plan=replace(layer.plan, entries=left))


def _plans(base: BaseImage, overlay: Overlay) -> tuple[LayerPlan, ...]:
    layers: list[list[Entry]] = [[] for _ in base.layers]
    for path in sorted(overlay.of_base, key=os.fsencode):
        layers[base.layer_of.get(path, 0)].append(overlay.entries[path])
    return tuple(LayerPlan(name=LAYER, entries=tuple(entries)) for entries in layers)


class Bases:
    """The images that `--base` names. They are read beside the traced run."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._reading: list[Future[BaseImage]] = [
            job.pool.submit(self._read, each) for each in job.bases
        ]

    def _read(self, image: Original) -> BaseImage:
        folder = Path(tempfile.mkdtemp(prefix="base-", dir=self._job.folder))
        return read_base(image, self._job.session.engine.save_image(image.id), folder)

    def best(self, metadata: PackageMetadata, files: OriginalFiles, trace: Trace) -> Foundation:
        """The base on which the whole image is smallest. Raises BaseUnfitError where it can stand
        on none."""
        found: list[Foundation] = []
        rejected: list[RejectedBase] = []
        for reading in self._reading:
            base = reading.result()
            try:
                found.append(_founded(base, metadata, files, trace))
            except BaseUnfitError as error:
                if len(self._reading) == 1:
                    raise
                rejected.append(RejectedBase(reference=base.reference, why=error.message))
        if not found:
            raise BaseUnfitError(
                "the slim image can stand on none of the bases",
                hint="name another with --base",
                details="\n".join(each.why for each in rejected),
            )
        chosen = min(found, key=lambda each: each.summary.total_size)
        rejected += [
            RejectedBase(
                reference=each.base.reference,
                why=f"the whole image would have {size(each.summary.total_size)}",
            )
            for each in found
            if each is not chosen
        ]
        return replace(chosen, summary=replace(chosen.summary, rejected=tuple(rejected)))


def _founded(
    base: BaseImage, metadata: PackageMetadata, files: OriginalFiles, trace: Trace
) -> Foundation:
    check_library(base, metadata.keep, _entries(metadata, files))
    comparison = Comparison(base, files.server.content.digests, _opened(trace, files))
    overlay = comparison.lay(_entries(metadata, files), metadata.content)
    fitted = with_packages_of(base, metadata, overlay)
    overlay = comparison.lay(_entries(fitted, files), fitted.content)
    shadowed = shadowed_libraries(
        base, overlay, content=files.server.content, packages=files.packages
    )
    return Foundation(
        base=base,
        overlay=overlay,
        metadata=_with_base(base, fitted, overlay, _notes(base, overlay, files, trace)),
        summary=_summary(base, overlay, shadowed),
        plans=_plans(base, overlay),
        comparison=comparison,
    )


def _entries(metadata: PackageMetadata, files: OriginalFiles) -> dict[str, Entry]:
    """All that is kept, as a layer can hold it."""
    look_up = metadata.entry(files.index.get)
    kept = ((path, look_up(path)) for path in metadata.keep.reasons)
    return storable_entries({path: entry for path, entry in kept if entry is not None})[0]


def _read(content: Content, path: str) -> bytes:
    with content.open(path) as stream:
        return stream.read()


def _opened(trace: Trace, files: OriginalFiles) -> frozenset[str]:
    """What was read: the files, and the links that led there."""
    found: set[str] = set()
    paths = {each.path for each in trace.sightings if each.access in (Access.OPEN, Access.EXECUTE)}
    for path in paths:
        walk = files.index.resolve(path)
        found |= {step.path for step in walk.way if step.type is EntryType.SYMLINK}
        if walk.entry is not None:
            found.add(walk.entry.path)
    return frozenset(found)


def _with_base(
    base: BaseImage, metadata: PackageMetadata, overlay: Overlay, notes: Iterable[str]
) -> PackageMetadata:
    """The keep-set with all paths of the image."""
    why = (Reason(rule="base", detail=f"in the base {base.reference}"),)
    reasons = {path: metadata.keep.reasons.get(path, why) for path in overlay.entries}
    of_base = {path: overlay.entries[path] for path in overlay.of_base}
    generated = {path: each for path, each in metadata.entries.items() if path in overlay.ours}
    return replace(
        metadata,
        keep=replace(metadata.keep, reasons=reasons, notes=(*metadata.keep.notes, *notes)),
        system=read_operating_system(base.index, base.content) or metadata.system,
        installed=tuple(
            each
            if each.is_left
            else replace(each, is_left=any(path in overlay.entries for path in each.files))
            for each in metadata.installed
        ),
        entries={**of_base, **generated},
        content={path: metadata.content[path] for path in generated if path in metadata.content},
    )


def _summary(base: BaseImage, overlay: Overlay, shadowed: tuple[Shadowed, ...]) -> BaseSummary:
    def total(paths: frozenset[str]) -> int:
        return _size_of(overlay.entries[path] for path in paths)

    added, overridden = total(overlay.added), total(overlay.overridden)
    return BaseSummary(
        reference=base.reference,
        id=base.image.id,
        layers=len(base.layers),
        size=base.size,
        shared_files=len(overlay.shared),
        shared_size=total(overlay.shared),
        overridden_files=len(overlay.overridden),
        overridden_size=overridden,
        added_files=len(overlay.added),
        added_size=added,
        total_size=base.size + added + overridden,
        left=tuple(sorted(overlay.left)),
        shadowed=tuple(map(str, shadowed)),
    )


def _size_of(entries: Iterator[Entry]) -> int:
    """Bytes of content, each hard link's file once."""
    known: set[int] = set()
    total = 0
    for entry in entries:
        if entry.inode and entry.link_count > 1:
            if entry.inode in known:
                continue
            known.add(entry.inode)
        total += entry.size
    return total


def _notes(base: BaseImage, overlay: Overlay, files: OriginalFiles, trace: Trace) -> Iterator[str]:
    """What users should know of how the two go together."""
    if overlay.hidden:
        yield (
            f"{len(overlay.hidden):,} files of the base {base.reference} are hidden: where it has "
            "a directory the original has a link. A base whose /lib and /bin are links as the "
            "original's are shares more"
        )
    if overlay.left:
        yield (
            f"{count(len(overlay.left), 'file')} of the base kept although the original's differ, "
            f"since nothing was seen to read them: {_some(overlay.left)}"
        )
    found = {
        each.path
        for each in trace.sightings
        if each.access is not Access.CREATE
        and each.path in overlay.of_base
        and files.index.get(each.path) is None
    }
    if found:
        yield (
            f"{count(len(found), 'path')} of the base were looked up in the original and not found "
            f"there: {_some(found)}"
        )
    own = read_operating_system(files.index, files.server.content)
    there = read_operating_system(base.index, base.content)
    if own is not None and there is not None and own.release != there.release:
        yield (
            f"the base is {there.release} and the original {own.release}: scanners take all "
            "packages for those of one distribution"
        )


def _some(paths: Collection[str]) -> str:
    shown = ", ".join(sorted(paths)[:_SHOWN])
    return f"{shown} and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else shown
