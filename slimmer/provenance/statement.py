"""How images came about, as an in-toto Statement v1 with the SLSA v1 provenance predicate.

https://github.com/in-toto/attestation/tree/main/spec/v1, https://slsa.dev/spec/v1.0/provenance
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from slimmer import __version__

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://slsa.dev/provenance/v1"
BUILD_TYPE: Final = "https://slimmer.dev/build/v1"
"""The name of what `slim build` does: what parameters mean is in docs/provenance.md."""
LOCAL_BUILDER: Final = "https://slimmer.dev/builder/local"
"""The name of a builder of which nobody said which one it is: whoever typed the command."""
STATEMENT_MEDIA_TYPE: Final = "application/vnd.in-toto+json"
ENVELOPE_MEDIA_TYPE: Final = "application/vnd.in-toto.provenance+dsse"
STATEMENT_NAME: Final = "provenance.json"
ENVELOPE_NAME: Final = "provenance.dsse.json"
"""The same, signed: a DSSE envelope."""

MANIFEST: Final = "manifest"
CONFIGURATION: Final = "configuration"
ENGINE_ID: Final = "engine id"
OUTPUT_MANIFEST: Final = "manifest of --output"
REGISTRY_MANIFEST: Final = "manifest in the registry"
ORIGINAL: Final = "original"
TRACE: Final = "trace"
BASE: Final = "base"
DEBUG_TOOLS: Final = "debug tools"
INCLUDE_FROM: Final = "include_from"
"""Names of dependencies."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A document of a finished image that others may know the image by."""

    image: str
    """`slim` or `debug`."""
    reference: str
    """The image's name when it was built."""
    document: str
    """What the digest is of: MANIFEST, CONFIGURATION, …"""
    digest: str
    """`sha256:…`."""

    @property
    def object(self) -> dict[str, Any]:
        """As a ResourceDescriptor. Names are unique within a statement."""
        suffix = "" if self.document == MANIFEST else f" ({self.document})"
        return {
            "name": self.reference + suffix,
            "digest": digest_set(self.digest),
            "annotations": {
                "image": self.image,
                "reference": self.reference,
                "document": self.document,
            },
        }


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """Something that went into the images."""

    name: str
    """ORIGINAL, TRACE, …"""
    digest: Mapping[str, str]
    """As digest_set gives it."""
    uri: str = ""
    annotations: Mapping[str, Any] = field(default_factory=dict)

    @property
    def object(self) -> dict[str, Any]:
        """As a ResourceDescriptor."""
        told: dict[str, Any] = {"name": self.name}
        if self.uri:
            told["uri"] = self.uri
        told["digest"] = dict(self.digest)
        if self.annotations:
            told["annotations"] = dict(self.annotations)
        return told


@dataclass(frozen=True, kw_only=True)
class BuildRecord:
    """One build, as its provenance tells it."""

    subjects: tuple[Subject, ...]
    dependencies: tuple[Dependency, ...]
    external: Mapping[str, Any]
    """What the user asked for; secrets are hidden in it already."""
    internal: Mapping[str, Any]
    """What slimmer added."""
    builder: str
    """URI of who built; empty: LOCAL_BUILDER."""
    invocation: str
    """Unique to this build."""
    started: datetime
    finished: datetime
    byproducts: tuple[Dependency, ...] = ()


def compose_statement(record: BuildRecord) -> dict[str, Any]:
    """The statement as a JSON object."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": [each.object for each in record.subjects],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": dict(record.external),
                "internalParameters": dict(record.internal),
                "resolvedDependencies": [each.object for each in record.dependencies],
            },
            "runDetails": {
                "builder": {
                    "id": record.builder or LOCAL_BUILDER,
                    "version": {"slimmer": __version__},
                },
                "metadata": {
                    "invocationId": record.invocation,
                    "startedOn": _time(record.started),
                    "finishedOn": _time(record.finished),
                },
                "byproducts": [each.object for each in record.byproducts],
            },
        },
    }


def with_subjects(statement: Mapping[str, Any], further: tuple[Subject, ...]) -> dict[str, Any]:
    """The same statement of these subjects as well."""
    return {**statement, "subject": [*statement["subject"], *(each.object for each in further)]}


def statement_bytes(statement: Mapping[str, Any]) -> bytes:
    """The bytes that are written, and signed."""
    return json.dumps(statement, indent=2).encode() + b"\n"


def digest_set(digest: str) -> dict[str, str]:
    """`sha256:…` as in-toto writes it."""
    algorithm, _, digits = digest.rpartition(":")
    return {algorithm or "sha256": digits}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
