"""What is kept → packed images that tell scanners what they hold. Nothing of them runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slimmer import __version__
from slimmer.build.account import give_account
from slimmer.build.debug_layer import layer_of_image, layer_of_original, with_metadata
from slimmer.build.job import Job, source_date_epoch
from slimmer.build.secrets import secrets_kept
from slimmer.build.values import (
    Assembly,
    Bills,
    DebugLayer,
    Decision,
    Foundation,
    OriginalFiles,
    TracedOriginal,
)
from slimmer.ecosystems import DEPENDENCY_FOLDERS
from slimmer.evidence import (
    SbomSubject,
    compose_sbom,
    packages_left,
    packages_removed,
    uses_of,
)
from slimmer.files import PathGlobs
from slimmer.image import image_labels
from slimmer.keep import KeepRequest
from slimmer.metadata import (
    MetadataRequest,
    PackageMetadata,
    package_metadata,
    with_sbom,
)
from slimmer.options import DebugImage
from slimmer.pack import CombinedContent, pack_debug_image, pack_image, plan_layers, plans_above
from slimmer.provenance import tool_digest
from slimmer.report import dropped_document
from slimmer.values import ImageKind, KeepSet, LayerPlan, PackedImage
from slimmer.words import count, size

if TYPE_CHECKING:  # most builds have no base
    from slimmer.build.foundation import Bases


def assemble(
    job: Job, files: OriginalFiles, decision: Decision, traced: TracedOriginal, bases: Bases | None
) -> Assembly:
    """Describe the packages of what is kept, and pack it, on the base that suits it best. Raises
    BaseUnfitError where it can stand on none."""
    request, keep = decision.request, decision.keep
    with job.clock.stage("metadata", "describing the packages of what is kept"):
        debug_layer = _debug_layer(job, request, keep)
        described = _metadata_request(request, keep, files)
        metadata = _describe(job, described, traced)
        if debug_layer is not None:
            debug_layer = with_metadata(debug_layer, described, metadata)
        job.progress.detail("metadata", f"{count(len(metadata.components), 'package')} kept")
    foundation = None
    if bases is not None:
        from slimmer.build.foundation import trimmed  # most builds have no base

        with job.clock.stage("base", "looking for the base that suits best"):
            foundation = bases.best(metadata, files, traced.trace)
            metadata = foundation.metadata
            debug_layer = trimmed(foundation, debug_layer) if debug_layer else None
            job.progress.detail("base", foundation.summary.words)
    with job.clock.stage("pack", "packing layers"):
        images, plans = _pack(job, request, metadata, files, debug_layer, foundation)
    slim = images[ImageKind.SLIM]
    assembly = Assembly(
        metadata=metadata,
        images=images,
        plans=plans,
        debug_layer=debug_layer,
        foundation=foundation,
        bills=job.aside.submit(_bills, job, metadata, traced, files, slim.config_digest),
        dropped=job.aside.submit(
            dropped_document,
            tuple(files.index),
            metadata.keep.reasons,
            package=files.package_name,
            debug_paths=_debug_paths(metadata, debug_layer),
            original_id=job.original.id,
            manifest_digest=slim.manifest_digest,
        ),
        account=job.aside.submit(
            give_account, traced, files, metadata, plans[ImageKind.SLIM], foundation
        ),
        secrets=job.aside.submit(
            secrets_kept,
            plans[ImageKind.SLIM][len(foundation.plans) if foundation else 0 :],
            CombinedContent(files.server.content, generated=metadata.content),
            files.packages,
        ),
    )
    if job.options.provenance:
        job.aside.submit(tool_digest)  # remembered for the statement
    return assembly


def _debug_layer(job: Job, request: KeepRequest, kept: KeepSet) -> DebugLayer | None:
    options = job.options
    if options.debug is DebugImage.NONE:
        return None
    if options.debug is DebugImage.FROM_IMAGE:
        return layer_of_image(job.session, options.debug_from, request, kept, job.folder)
    layer = layer_of_original(request, kept)
    if layer is None:
        job.warn(
            "no debug image: the original has no shell to take; name an image that has one "
            "with --debug-from (a busybox), or say --no-debug"
        )
    return layer


def _debug_paths(metadata: PackageMetadata, layer: DebugLayer | None) -> list[str]:
    """What the debug image has that the slim one has not."""
    entries = layer.plan.entries if layer else ()
    return [entry.path for entry in entries if entry.path not in metadata.keep.reasons]


def _metadata_request(request: KeepRequest, kept: KeepSet, files: OriginalFiles) -> MetadataRequest:
    return MetadataRequest(
        index=request.index,
        content=request.content,
        keep=kept,
        packages=files.packages,
        excludes=PathGlobs(request.excludes),
        base_finished=request.base_finished,
    )


def _describe(job: Job, described: MetadataRequest, traced: TracedOriginal) -> PackageMetadata:
    """The keep-set with every package described, and with the SBOM where it is asked for."""
    metadata = package_metadata(described)
    if not job.options.sbom_in_image:
        return metadata
    uses = uses_of(traced.trace, described.index, traced.first_probes)
    left = packages_left(metadata, uses, described.index)
    document = compose_sbom(subject_of(job, job.slim_name), left, metadata.system)
    return with_sbom(metadata, described, document)


def subject_of(job: Job, name: str, digest: str = "") -> SbomSubject:
    """The slim image, or the original, as its bill of materials names it."""
    return SbomSubject(
        name=name, digest=digest, original=job.original.id, slimmer_version=__version__
    )


def _bills(
    job: Job, metadata: PackageMetadata, traced: TracedOriginal, files: OriginalFiles, digest: str
) -> Bills:
    uses = uses_of(traced.trace, files.index, traced.first_probes)
    left = packages_left(metadata, uses, files.index)
    system = metadata.system
    every = [*left, *packages_removed(metadata, left)]
    original = job.original
    return Bills(
        uses=uses,
        packages=left,
        slim=compose_sbom(subject_of(job, job.slim_name, digest), left, system),
        original=compose_sbom(subject_of(job, original.reference, original.id), every, system),
    )


def _pack(
    job: Job,
    request: KeepRequest,
    metadata: PackageMetadata,
    files: OriginalFiles,
    debug_layer: DebugLayer | None,
    foundation: Foundation | None,
) -> tuple[dict[ImageKind, PackedImage], dict[ImageKind, tuple[LayerPlan, ...]]]:
    """Images and their layers' plans."""
    latest = source_date_epoch()
    planning = plan_layers(
        metadata.entry(request.index.get),
        metadata.keep.reasons if foundation is None else foundation.overlay.ours,
        files.packages.owner,
        dependency_folders=DEPENDENCY_FOLDERS,
        working_directory=request.working_directory,
    )
    job.notes.extend(planning.notes)
    slim = pack_image(
        job.original,
        planning.layers,
        CombinedContent(request.content, generated=metadata.content),
        job.folder,
        labels=image_labels(original_id=job.original.id, version=__version__),
        latest=latest,
        below=foundation.base.layers if foundation else (),
        history=foundation.base.history if foundation else (),
    )
    archives = sum(layer.size for layer in slim.layers)
    job.progress.detail("pack", f"{count(len(slim.layers), 'layer')}, {size(archives)} as archives")
    layers = (*(foundation.plans if foundation else ()), *planning.layers)
    images, plans = {ImageKind.SLIM: slim}, {ImageKind.SLIM: layers}
    if debug_layer is not None:
        above = plans_above(debug_layer.plan, planning.system_finished)
        images[ImageKind.DEBUG] = pack_debug_image(
            slim,
            above,
            debug_layer.content,
            job.folder,
            path_folders=debug_layer.path_folders,
            latest=latest,
        )
        plans[ImageKind.DEBUG] = (*layers, *above)
    return images, plans
