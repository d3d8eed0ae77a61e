"""The images of a provenance once more: from the same original and the same trace, without running
either. Nothing gets into the engine; what is compared is digests."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from slimmer import __version__
from slimmer.build.assemble import assemble
from slimmer.build.decide import decide_for_roles
from slimmer.build.examine import begin_serving
from slimmer.build.foundation import Bases
from slimmer.build.job import Job
from slimmer.build.rebuild.recorded import (
    Variables,
    check_epoch,
    recorded_digest,
    recorded_options,
    recorded_reference,
    recorded_trace,
)
from slimmer.build.resolve import read_missed, resolve_bases
from slimmer.build.trace_file import recall_trace
from slimmer.engine import Engine, Session
from slimmer.errors import OriginalMissingError, ProvenanceMismatchError, UsageError
from slimmer.image import debug_tag, read_original
from slimmer.options import DebugImage
from slimmer.progress import Progress, StageClock
from slimmer.provenance import (
    CONFIGURATION,
    ORIGINAL,
    TRACE,
    Attestation,
    Check,
    Outcome,
    same_version,
    tool_digest,
)
from slimmer.values import ImageKind
from slimmer.workspace import workspace


def rebuild(
    engine: Engine,
    attestation: Attestation,
    progress: Progress,
    *,
    trace: Path | None = None,
    beside: Path,
    environment: Variables = (),
) -> tuple[Check, ...]:
    """What was made again has the digests of the statement, or ProvenanceMismatchError is raised.

    `trace` is the saved trace; None: the one of the statement's name in the folder `beside` or in
    the current one. `environment` has the values of the variables that the statement names without
    them. Raises UsageError for what is missing here, OriginalMissingError, and what building from a
    trace raises.
    """
    file = recorded_trace(attestation, trace, beside)
    original_id = recorded_digest(attestation, ORIGINAL)
    reference = recorded_reference(attestation, ORIGINAL)
    inspection = engine.find_image(original_id)
    if inspection is None:
        raise OriginalMissingError(
            f"the original {original_id} is not in the engine",
            hint=f"it was called {reference}: pull it, or load it from where it was built",
        )
    options = recorded_options(attestation, file, environment)
    check_epoch(attestation)
    original = read_original(reference, inspection, engine.image_history(original_id))
    with (
        Session(engine) as session,
        workspace() as folder,
        ThreadPoolExecutor(thread_name_prefix="slimmer") as pool,
        ExitStack() as stack,
    ):
        # Ends its containers first, and with them what a thread of the pool waits for.
        stack.callback(session.close)
        job = Job(
            options=options,
            progress=progress,
            clock=StageClock(progress),
            session=session,
            folder=folder,
            pool=pool,
            aside=pool,
            runs=pool,
            original=original,
            slim_name=options.tag,
            debug_name="" if options.debug is DebugImage.NONE else debug_tag(options.tag),
            bases=resolve_bases(engine, options, original),
            missed=read_missed(options),
        )
        made = _made_again(job, file)
    return (
        Check(
            subject=ORIGINAL, outcome=Outcome.HOLDS, told=f"{original_id} is here, as {reference}"
        ),
        Check(subject=TRACE, outcome=Outcome.HOLDS, told=f"{file} has the digest of the statement"),
        *_compared(attestation, made),
    )


def _made_again(job: Job, file: Path) -> dict[ImageKind, str]:
    """The digest of each image's configuration, which has those of its layers."""
    with job.clock.stage("trace", "the engine gives the original's files"):
        traced, files = recall_trace(job, file, lambda paths: begin_serving(job, paths))
    bases = Bases(job) if job.bases else None
    assembly = assemble(job, files, decide_for_roles(job, traced, files), traced, bases)
    assembly.bills.result()
    assembly.dropped.result()
    files.server.close()
    return {kind: image.config_digest for kind, image in assembly.images.items()}


def _compared(attestation: Attestation, made: Mapping[ImageKind, str]) -> tuple[Check, ...]:
    checks = []
    for kind in (ImageKind.SLIM, ImageKind.DEBUG):
        subjects = attestation.subjects(image=kind.value, document=CONFIGURATION)
        told = [digest for _, digest in subjects]
        if not told:
            continue
        digest = made.get(kind, "none")
        if digest not in told:
            raise _other(attestation, kind, digest, ", ".join(told))
        checks.append(
            Check(
                subject=f"{kind.value} image",
                outcome=Outcome.HOLDS,
                told=f"made again, and the same: {digest}",
            )
        )
    if not checks:
        raise UsageError("the statement names no image that could be made again")
    return tuple(checks)


def _other(
    attestation: Attestation, kind: ImageKind, digest: str, told: str
) -> ProvenanceMismatchError:
    recorded = (attestation.internal.get("slimmer") or {}).get("digest")
    if not same_version(attestation):
        version = (attestation.builder.get("version") or {}).get("slimmer", "?")
        hint = f"it was built by slimmer {version}, and this is {__version__}: install that"
    elif recorded != tool_digest():
        hint = "it was built by other files of slimmer than these, of the same version"
    else:
        hint = "the statement is not of what this original and this trace give"
    return ProvenanceMismatchError(
        f"the {kind.value} image that was made again is another one",
        hint=hint,
        details=f"told:       {told}\nmade again: {digest}",
    )
