"""VEX documents: what the slim image is not affected by, and why.

OpenVEX 0.2.0 for Trivy and Grype, whatever they scan; CycloneDX 1.6 for who scans the original's
SBOM, whose components it refers to.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from slimmer import __version__
from slimmer.evidence.bills import Bill
from slimmer.evidence.claims import Claim

OPENVEX: Final = "openvex"
CYCLONEDX: Final = "cyclonedx"
_NAMES: Final = uuid.UUID("7a3e8c52-1d0f-5b4e-8d61-35b0c6f1e2a9")
"""The name space of our documents' identifiers, drawn once."""


@dataclass(frozen=True, kw_only=True)
class VexSubject:
    """The slim image that a document is about."""

    reference: str
    """`registry.example/my-app:1-slim`."""
    manifest_digest: str

    @property
    def purl(self) -> str:
        """`pkg:oci/my-app@sha256:…`, as scanners name an image of a registry."""
        repository = self.reference.partition("@")[0]
        if ":" in repository.rpartition("/")[2]:
            repository = repository.rpartition(":")[0]
        name = repository.rpartition("/")[2].lower()
        return f"pkg:oci/{name}@{self.manifest_digest.replace(':', '%3A')}"


def vex_form(file: Path) -> str:
    """The form that a file's name asks for."""
    return CYCLONEDX if file.name.endswith(".cdx.json") else OPENVEX


def vex_document(
    form: str, claims: Iterable[Claim], subject: VexSubject, bill: Bill, now: datetime
) -> bytes:
    """A document in this form; `bill` is the original's, `now` has a time zone."""
    write = _openvex if form == OPENVEX else _cyclonedx
    return write(sorted(claims, key=_order), subject, bill, now)


def _order(claim: Claim) -> tuple[str, tuple[str, ...]]:
    return claim.weakness.id, claim.purls


def _openvex(claims: Iterable[Claim], subject: VexSubject, bill: Bill, now: datetime) -> bytes:
    statements = [_statement(claim, subject) for claim in claims]
    document: dict[str, Any] = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": f"urn:uuid:{uuid.uuid5(_NAMES, json.dumps([subject.purl, statements]))}",
        "author": "slimmer",
        "role": "Document Creator",
        "timestamp": now.isoformat(timespec="seconds"),
        "version": 1,
        "tooling": f"slimmer {__version__}",
        "statements": statements,
    }
    return _written(document)


def _statement(claim: Claim, subject: VexSubject) -> dict[str, Any]:
    """Grype looks for the image and the package in it; Trivy, where the image is in no registry,
    knows no name of the image, and looks for the package."""
    packages = [{"@id": purl} for purl in claim.purls]
    return {
        "vulnerability": {"name": claim.weakness.id},
        "products": [{"@id": subject.purl, "subcomponents": packages}, *packages],
        "status": "not_affected",
        "justification": claim.justification.value,
        "impact_statement": f"In {subject.reference} {claim.why}.",
    }


def _cyclonedx(claims: Iterable[Claim], subject: VexSubject, bill: Bill, now: datetime) -> bytes:
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.impact_analysis import (
        ImpactAnalysisJustification,
        ImpactAnalysisState,
    )
    from cyclonedx.model.tool import ToolRepository
    from cyclonedx.model.vulnerability import BomTarget, Vulnerability, VulnerabilityAnalysis
    from cyclonedx.output.json import JsonV1Dot6

    analysed = [
        Vulnerability(
            id=weakness,
            affects=[BomTarget(ref=each) for each in _links(alike, bill)],
            analysis=VulnerabilityAnalysis(
                state=ImpactAnalysisState.NOT_AFFECTED,
                # It has no word for a package that is not there.
                justification=ImpactAnalysisJustification.CODE_NOT_PRESENT,
                detail=_detail(alike, subject),
            ),
        )
        for weakness, alike in _by_weakness(claims)
    ]
    tool = Component(type=ComponentType.APPLICATION, name="slimmer", version=__version__)
    image = Component(
        type=ComponentType.CONTAINER,
        name=subject.reference,
        version=subject.manifest_digest,
        bom_ref="image",
    )
    document = Bom(
        vulnerabilities=analysed,
        metadata=BomMetaData(
            component=image, tools=ToolRepository(components=[tool]), timestamp=now
        ),
        serial_number=uuid.uuid5(_NAMES, json.dumps([subject.purl, *map(repr, analysed)])),
    )
    return _written(json.loads(JsonV1Dot6(document).output_as_string()))


def _by_weakness(claims: Iterable[Claim]) -> Iterator[tuple[str, list[Claim]]]:
    """What is claimed of one weakness, package by package. Trivy takes the first entry that a
    weakness has, and no other."""
    for weakness, alike in groupby(claims, key=lambda claim: claim.weakness.id):
        yield weakness, list(alike)


def _links(claims: Iterable[Claim], bill: Bill) -> Iterator[str]:
    """To the packages in the original's SBOM, or to the package URLs of what is not named there."""
    for claim in claims:
        if claim.reference and bill.serial:
            yield f"urn:cdx:{bill.serial}/1#{claim.reference}"
        else:
            yield from claim.purls


def _detail(claims: Iterable[Claim], subject: VexSubject) -> str:
    reasons = (f"{claim.justification.value}: {claim.why}" for claim in claims)
    return f"in {subject.reference}: {'; '.join(dict.fromkeys(reasons))}"


def _written(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
