"""The provenance of a build: what its steps know, as one statement beside the report."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from slimmer.build.job import Job, source_date_epoch
from slimmer.build.values import BuiltImages, TracedOriginal
from slimmer.ecosystems import RULEBOOK
from slimmer.options import BuildOptions, DebugImage
from slimmer.pack import Attachment, NamedImage
from slimmer.provenance import (
    BASE,
    CONFIGURATION,
    DEBUG_TOOLS,
    ENGINE_ID,
    ENVELOPE_MEDIA_TYPE,
    ENVELOPE_NAME,
    INCLUDE_FROM,
    MANIFEST,
    ORIGINAL,
    OUTPUT_MANIFEST,
    PREDICATE_TYPE,
    REGISTRY_MANIFEST,
    STATEMENT_MEDIA_TYPE,
    STATEMENT_NAME,
    TRACE,
    BuildRecord,
    Dependency,
    Subject,
    compose_statement,
    digest_set,
    external_parameters,
    file_digest,
    read_signer,
    sign,
    statement_bytes,
    tool_digest,
    with_subjects,
)
from slimmer.report import FinishedImage, PushedImage
from slimmer.trace.run import sensor_binary
from slimmer.values import ImageKind

NAMES: Final = (STATEMENT_NAME, ENVELOPE_NAME)
_PREDICATE: Final = "in-toto.io/predicate-type"


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """A statement, and the envelope around it."""

    statement: bytes
    envelope: bytes | None
    """None where no key signs."""

    @property
    def attached(self) -> tuple[Attachment, ...]:
        """As an OCI layout has it."""
        forms = ((STATEMENT_MEDIA_TYPE, self.statement), (ENVELOPE_MEDIA_TYPE, self.envelope))
        return tuple(
            Attachment(media_type=form, data=data, annotations={_PREDICATE: PREDICATE_TYPE})
            for form, data in forms
            if data is not None
        )

    def write(self, folder: Path, directory: Path) -> dict[str, str]:
        """Into the folder, from where it goes into the directory; the places there."""
        written = {}
        for key, name, data in (
            ("provenance", STATEMENT_NAME, self.statement),
            ("signed provenance", ENVELOPE_NAME, self.envelope),
        ):
            if data is not None:
                (folder / name).write_bytes(data)
                written[key] = str(directory / name)
        return written


def provenance_of(
    job: Job,
    traced: TracedOriginal,
    built: BuiltImages,
    finished: Mapping[ImageKind, FinishedImage],
    output: Iterable[NamedImage],
    sbom: bytes,
) -> Provenance:
    """The provenance of images that have passed. `output` is what --output gets, whose manifests
    differ where layers are compressed. Raises what `read_signer` does."""
    ended = datetime.now(UTC)
    record = BuildRecord(
        subjects=tuple(_subjects(finished, output)),
        dependencies=tuple(_dependencies(job, traced, built)),
        external=external_parameters(job.options),
        internal=_internal(job, traced, built),
        builder=job.options.builder_id,
        invocation=f"urn:uuid:{uuid.uuid4()}",
        started=ended - timedelta(seconds=job.clock.total_seconds),
        finished=ended,
        byproducts=(Dependency(name="sbom.cdx.json", digest=_sha256(sbom)),),
    )
    return _signed(job.options, compose_statement(record))


def with_pushed(job: Job, folder: Path, pushed: Iterable[PushedImage]) -> None:
    """Write the provenance of the report's directory into the folder, of what is pushed as well."""
    place = job.report_directory / STATEMENT_NAME
    if not job.options.provenance or not place.is_file():
        return
    further = tuple(
        Subject(
            image=kind.value,
            reference=each.reference,
            document=REGISTRY_MANIFEST,
            digest=each.digest,
        )
        for kind, each in zip((ImageKind.SLIM, ImageKind.DEBUG), pushed, strict=False)
    )
    statement = with_subjects(json.loads(place.read_bytes()), further)
    _signed(job.options, statement).write(folder, job.report_directory)


def _signed(options: BuildOptions, statement: Mapping[str, Any]) -> Provenance:
    data = statement_bytes(statement)
    key = options.sign_key
    return Provenance(
        statement=data, envelope=sign(data, read_signer(key)) if key is not None else None
    )


def _subjects(
    finished: Mapping[ImageKind, FinishedImage], output: Iterable[NamedImage]
) -> Iterator[Subject]:
    written = {each.image.config_digest: each.image.manifest_digest for each in output}
    for kind, each in finished.items():
        digests = {
            MANIFEST: each.image.manifest_digest,
            CONFIGURATION: each.image.config_digest,
            ENGINE_ID: each.id if ":" in each.id else f"sha256:{each.id}",
            OUTPUT_MANIFEST: written.get(each.image.config_digest, each.image.manifest_digest),
        }
        told: set[str] = set()
        for document, digest in digests.items():
            if digest not in told:
                told.add(digest)
                yield Subject(
                    image=kind.value, reference=each.reference, document=document, digest=digest
                )


def _dependencies(job: Job, traced: TracedOriginal, built: BuiltImages) -> Iterator[Dependency]:
    engine, original = job.session.engine, job.original
    known = engine.find_image(original.id) or {}
    yield Dependency(
        name=ORIGINAL,
        digest=digest_set(original.id),
        annotations={
            "reference": original.reference,
            "platform": "/".join(
                filter(None, (original.os, original.architecture, original.variant))
            ),
            "layers": list(original.layers),
            "repoDigests": sorted(known.get("RepoDigests") or ()),
        },
    )
    yield from _traces(job, traced)
    foundation = built.assembly.foundation
    if foundation is not None:
        yield Dependency(
            name=BASE,
            digest=digest_set(foundation.summary.id),
            annotations={"reference": foundation.summary.reference},
        )
    if job.options.debug is DebugImage.FROM_IMAGE:
        tools = engine.find_image(job.options.debug_from) or {}
        yield Dependency(
            name=DEBUG_TOOLS,
            digest=digest_set(str(tools.get("Id", ""))),
            annotations={"reference": job.options.debug_from},
        )
    for file in job.options.include_from:
        yield Dependency(name=INCLUDE_FROM, uri=f"file:{file}", digest=file_digest(file))


def _traces(job: Job, traced: TracedOriginal) -> Iterator[Dependency]:
    """The saved trace, from which the images can be made again; or else what the sensor wrote."""
    if traced.trace_file is not None:
        file = traced.trace_file.file
        yield Dependency(
            name=TRACE,
            uri=f"file:{file.name}",
            digest=file_digest(file),
            annotations={"saved": True, "recalled": traced.trace_file.recalled},
        )
        return
    for role in job.options.all_roles:
        records = job.trace_file(role)
        yield Dependency(
            name=TRACE,
            uri=f"file:{records.name}",
            digest=file_digest(records),
            annotations={"saved": False},
        )


def _internal(job: Job, traced: TracedOriginal, built: BuiltImages) -> dict[str, Any]:
    options = job.options
    asked = sorted(
        rule.name
        for rule in RULEBOOK.rules
        if rule.name not in options.without_rules
        and (options.strategy in rule.strategies or rule.name in options.rules)
    )
    told: dict[str, Any] = {
        "slimmer": {"digest": tool_digest()},
        "sensor": {"digest": file_digest(sensor_binary(job.session.engine.architecture))},
        "rules": asked,
        "engine": _engine(job),
        "verification": built.verification.value,
    }
    if (epoch := source_date_epoch()) is not None:
        told["sourceDateEpoch"] = epoch
    if built.repair is not None:
        told["repairs"] = sorted(repair.path for repair in built.repair.repairs)
    if traced.trace_file is not None and traced.trace_file.drift:
        told["driftedPaths"] = len(traced.trace_file.drift)
    return told


def _engine(job: Job) -> dict[str, str]:
    version = job.session.engine.version()
    return {"tool": job.session.engine.tool, "version": str(version.get("Version", ""))}


def _sha256(data: bytes) -> dict[str, str]:
    return {"sha256": hashlib.sha256(data).hexdigest()}
