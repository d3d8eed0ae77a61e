"""What was seen → what stays → packed images, all of it without running anything."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace

from slimmer import __version__
from slimmer.build.debug_layer import DebugLayer, layer_of_image, layer_of_original, with_metadata
from slimmer.build.examine import Served
from slimmer.build.job import Job, source_date_epoch
from slimmer.build.roles import Examined, ExaminedRole
from slimmer.build.trace_file import repairs_of_trace
from slimmer.ecosystems import DEPENDENCY_FOLDERS, RULEBOOK
from slimmer.errors import BudgetError
from slimmer.files import PathGlobs, RootfsIndex
from slimmer.image import image_labels
from slimmer.keep import KeepRequest, decide, union_of
from slimmer.metadata import (
    MetadataRequest,
    PackageMetadata,
    SbomSubject,
    compose_sbom,
    package_metadata,
    with_sbom,
)
from slimmer.options import DebugImage, Role
from slimmer.pack import CombinedContent, pack_debug_image, pack_image, plan_layers
from slimmer.report import dropped_document
from slimmer.trace.wire import union
from slimmer.values import KeepSet, LayerPlan, PackedImage, Repair, RunOptions, Trace


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """Packed images and how they came about."""

    metadata: PackageMetadata
    """With the keep-set, the files that describe packages among it."""
    images: dict[str, PackedImage]
    """By role: `slim`, `debug`."""
    plans: dict[str, tuple[LayerPlan, ...]]
    """Of all layers of each image, by role, lowest first."""
    debug_layer: DebugLayer | None
    """What the debug image has above the slim one's layers."""
    sbom: Future[bytes]
    """CycloneDX of the slim image, composed beside what follows."""
    dropped: Future[str]
    """What the slim image does not have, for dropped.json; composed beside what follows too."""


def assemble(
    job: Job, examined: Examined, served: Served, repairs: tuple[Repair, ...] = ()
) -> Assembly:
    """Decide, describe and pack. `repairs` are what earlier rounds were seen to miss."""
    with job.clock.stage("decide"):
        requests = keep_requests(job, examined, served, (*repairs_of_trace(examined), *repairs))
        request, kept = requests[0], union_of([decide(each, RULEBOOK) for each in requests])
        debug_layer = _debug_layer(job, request, kept)
        job.progress.detail("decide", f"{len(kept.reasons):,} of {len(served.index):,} paths stay")
    with job.clock.stage("metadata"):
        described = _metadata_request(request, kept, served)
        metadata = _describe(job, described)
        if debug_layer is not None:
            debug_layer = with_metadata(debug_layer, described, metadata)
        job.progress.detail("metadata", f"{len(metadata.components):,} packages are left")
    with job.clock.stage("pack"):
        images, plans = _pack(job, request, metadata, served, debug_layer)
    sbom = job.pool.submit(_sbom, job, metadata, images["slim"].config_digest)
    dropped = job.pool.submit(
        dropped_document,
        tuple(served.index),
        metadata.keep.reasons,
        package=served.package_name,
        debug_paths=_debug_paths(metadata, debug_layer),
        original_id=job.original.id,
        manifest_digest=images["slim"].manifest_digest,
    )
    return Assembly(
        metadata=metadata,
        images=images,
        plans=plans,
        debug_layer=debug_layer,
        sbom=sbom,
        dropped=dropped,
    )


def decide_ahead(job: Job, role: Role, trace: Trace, served: Served) -> None:
    """Decide on a trace that is not complete yet, for one effect: nearly all that will be kept
    is fetched while the probes take their time."""
    decide(_keep_request(job, role.run, trace, served), RULEBOOK)


def keep_requests(
    job: Job, examined: Examined, served: Served, repairs: tuple[Repair, ...] = ()
) -> tuple[KeepRequest, ...]:
    """What the keep-set is decided from: the union of what these requests keep. What decides with
    the trace (variables, user, working directory) is the same for most roles, and each that is
    run otherwise has a request of its own."""
    alike: dict[tuple[object, ...], list[ExaminedRole]] = {}
    for each in examined.roles:
        run = each.role.run
        alike.setdefault((run.environment, run.user, run.workdir), []).append(each)
    if len(alike) == 1:
        return (_keep_request(job, examined.roles[0].role.run, examined.trace, served, repairs),)
    return tuple(
        _keep_request(
            job,
            roles[0].role.run,
            union((each.role.name, each.examination.trace) for each in roles),
            served,
            repairs,
        )
        for roles in alike.values()
    )


def _keep_request(
    job: Job, run: RunOptions, trace: Trace, served: Served, repairs: tuple[Repair, ...] = ()
) -> KeepRequest:
    options = job.options
    return KeepRequest(
        index=served.index,
        content=served.server.content,
        trace=_without_withheld(trace, served.index, options.withheld),
        config=job.original.config,
        copied=job.original.copied,
        packages=served.packages,
        strategy=options.strategy,
        with_rules=frozenset(options.rules),
        without_rules=frozenset(options.without_rules),
        includes=options.includes,
        missed=job.missed,
        excludes=options.excludes,
        repairs=repairs,
        withheld=options.withheld,
        environment=run.environment,
        user=run.user,
        workdir=run.workdir,
    )


def _without_withheld(trace: Trace, index: RootfsIndex, globs: tuple[str, ...]) -> Trace:
    """The trace as if nobody had looked up what the globs cover."""
    if not globs:
        return trace
    withheld = PathGlobs(globs)
    sightings = []
    for sighting in trace.sightings:
        walk = index.resolve(sighting.path)
        ends = [entry.path for entry in (walk.named, walk.entry) if entry is not None]
        if not any(map(withheld.covers, (sighting.path, *ends))):
            sightings.append(sighting)
    return replace(trace, sightings=tuple(sightings))


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


def _metadata_request(request: KeepRequest, kept: KeepSet, served: Served) -> MetadataRequest:
    return MetadataRequest(
        index=request.index,
        content=request.content,
        keep=kept,
        packages=served.packages,
        excludes=PathGlobs(request.excludes),
    )


def _describe(job: Job, described: MetadataRequest) -> PackageMetadata:
    """The keep-set with every package described, and with the SBOM where it is asked for."""
    metadata = package_metadata(described)
    if not job.options.sbom_in_image:
        return metadata
    return with_sbom(metadata, described, _sbom(job, metadata))


def _sbom(job: Job, metadata: PackageMetadata, digest: str = "") -> bytes:
    subject = SbomSubject(
        name=job.slim_name, digest=digest, original=job.original.id, slimmer_version=__version__
    )
    return compose_sbom(subject, metadata.components, metadata.system)


def _pack(
    job: Job,
    request: KeepRequest,
    metadata: PackageMetadata,
    served: Served,
    debug_layer: DebugLayer | None,
) -> tuple[dict[str, PackedImage], dict[str, tuple[LayerPlan, ...]]]:
    """Images and their layers' plans, by role."""
    latest = source_date_epoch()
    planning = plan_layers(
        metadata.entry(request.index.get),
        metadata.keep.reasons,
        served.packages.owner,
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
    )
    if not any(repair.listing for repair in request.repairs):
        # Else there is more than will stay: repair cuts it down, and asks again.
        keep_to_budget(job, slim)
    size = sum(layer.size for layer in slim.layers)
    job.progress.detail("pack", f"{len(slim.layers)} layers, {size / 1e6:.1f} MB")
    if debug_layer is None:
        return {"slim": slim}, {"slim": planning.layers}
    debug = pack_debug_image(
        slim,
        debug_layer.plan,
        debug_layer.content,
        job.folder,
        path_folders=debug_layer.path_folders,
        latest=latest,
    )
    plans = {"slim": planning.layers, "debug": (*planning.layers, debug_layer.plan)}
    return {"slim": slim, "debug": debug}, plans


def keep_to_budget(job: Job, image: PackedImage) -> None:
    """Raises BudgetError where the slim image is larger than the user wants it to be."""
    budget = job.options.max_size
    size = sum(layer.size for layer in image.layers)
    if budget is not None and size > budget:
        raise BudgetError(
            f"the slim image has {size:,} bytes, {size - budget:,} more than its budget",
            hint="raise --max-size, or find what is large in a report made without it",
        )
