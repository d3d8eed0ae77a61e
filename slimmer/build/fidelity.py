"""The fidelity check of a build: what each finished image has to be, and the checks that hold the
loaded ones against it beside the smoke tests."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from concurrent.futures import Future

from slimmer import __version__
from slimmer.build.job import Job, source_date_epoch
from slimmer.build.values import Assembly, OriginalFiles
from slimmer.image import image_labels
from slimmer.pack import CombinedContent, laid_over, storable_entries
from slimmer.values import Content, Entry, EntryType, Fidelity, ImageKind
from slimmer.verify import Blueprint, check_fidelity, digests_of


class FidelityChecks:
    """The checks of one assembly's images.

    The original's server hashes what is kept as soon as this is made, while the engine loads the
    images; `start` is for when they are loaded.
    """

    def __init__(self, job: Job, assembly: Assembly, files: OriginalFiles) -> None:
        self._job = job
        self._assembly = assembly
        self._slim = _slim_entries(assembly, files)
        self._blueprints = {
            ImageKind.SLIM: self._blueprint(
                ImageKind.SLIM, self._slim, _compared(assembly, self._slim)
            )
        }
        if assembly.debug_layer is not None:
            above = assembly.debug_layer.plan.entries
            entries = laid_over(self._slim, above)
            self._blueprints[ImageKind.DEBUG] = self._blueprint(ImageKind.DEBUG, entries, above)
        self._digests = {
            kind: job.pool.submit(self._digests_of, kind, files) for kind in self._blueprints
        }

    def start(self, loaded: Mapping[ImageKind, str]) -> list[Future[Fidelity]]:
        """Check the loaded images (the engine's id of each) side by side. Each future raises
        PackingError where an image is not what it has to be."""
        return [
            self._job.pool.submit(
                check_fidelity,
                self._job.session,
                image,
                self._blueprints[kind],
                self._digests[kind],
                self._job.folder / f"fidelity-{kind}",
            )
            for kind, image in loaded.items()
        ]

    def _blueprint(
        self, kind: ImageKind, entries: Mapping[str, Entry], read: Iterable[Entry]
    ) -> Blueprint:
        layer = self._assembly.debug_layer if kind is ImageKind.DEBUG else None
        foundation = self._assembly.foundation
        return Blueprint(
            kind=kind,
            original=self._job.original,
            entries=entries,
            read=tuple(entry.path for entry in read if entry.type is EntryType.FILE),
            labels=image_labels(original_id=self._job.original.id, version=__version__),
            path_folders=layer.path_folders if layer else (),
            created=json.loads(self._assembly.images[kind].config).get("created", ""),
            latest=source_date_epoch(),
            of_base=foundation.overlay.of_base if foundation else frozenset(),
        )

    def _digests_of(self, kind: ImageKind, files: OriginalFiles) -> dict[str, bytes]:
        """Of the original's files as its server reads them, of others as they were packed."""
        metadata, layer = self._assembly.metadata, self._assembly.debug_layer
        foreign: Container[str] = metadata.content
        content: Content = CombinedContent(files.server.content, generated=metadata.content)
        if kind is ImageKind.DEBUG and layer is not None:
            foreign, content = layer.foreign, layer.content
        read = self._blueprints[kind].read
        digests = files.server.content.digests(path for path in read if path not in foreign)
        digests.update(digests_of((path for path in read if path in foreign), content))
        return digests


def _compared(assembly: Assembly, slim: Mapping[str, Entry]) -> Iterable[Entry]:
    """Those whose content is held against the original's: all, but for what a base has and the
    original has not, or has otherwise."""
    if assembly.foundation is None:
        return slim.values()
    overlay = assembly.foundation.overlay
    return [slim[path] for path in (*overlay.added, *overlay.overridden, *overlay.shared)]


def _slim_entries(assembly: Assembly, files: OriginalFiles) -> dict[str, Entry]:
    """All that is kept, as the index of the original has it or as it was made; without what no
    layer can hold, for which there are notes in the report."""
    look_up = assembly.metadata.entry(files.index.get)
    kept = ((path, look_up(path)) for path in assembly.metadata.keep.reasons)
    return storable_entries({path: entry for path, entry in kept if entry is not None})[0]
