"""The same bill of materials as SPDX 2.3, JSON, through the SPDX project's own library."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from slimmer import DISTRIBUTION
from slimmer.errors import MissingExtraError
from slimmer.evidence.sbom import (
    SbomSubject,
    package_url,
    printable,
    properties_of,
    source_package,
)
from slimmer.evidence.use import PackageUse, State
from slimmer.metadata import Component, OperatingSystem

if TYPE_CHECKING:
    from spdx_tools.spdx.model.actor import Actor
    from spdx_tools.spdx.model.annotation import Annotation
    from spdx_tools.spdx.model.document import Document
    from spdx_tools.spdx.model.package import Package

SPDX_NAME: Final = "sbom.spdx.json"
"""Beside the report, where it is asked for."""
_NAMES: Final = uuid.UUID("c4c1f9a4-2f0d-5d8e-b0a1-6de4bb0c9d55")
"""The name space of our documents' names, drawn once."""
_IMAGE: Final = "SPDXRef-image"
_SYSTEM: Final = "SPDXRef-OperatingSystem"
_BUILT_FROM: Final = "built package from: "
"""Begins a package's source information. Trivy, whose words these two are, knows the distribution
by the one and the source package by the other; without them it finds no weakness of the
distribution's packages."""


def require_spdx() -> None:
    """Raises MissingExtraError where the library is not installed."""
    import importlib.util

    if importlib.util.find_spec("spdx_tools") is None:
        raise MissingExtraError(
            "--spdx needs spdx-tools, which is not installed",
            hint=f"pip install '{DISTRIBUTION}[spdx]'",
        )


def compose_spdx(
    subject: SbomSubject,
    packages: Sequence[PackageUse],
    system: OperatingSystem | None,
    created: datetime,
) -> bytes:
    """The document. SPDX wants a time: `created` should be the image's, so that the same image has
    the same document. What slimmer found out of a package stands in annotations, as `NAME=VALUE`
    with the names of the properties in the CycloneDX document."""
    from spdx_tools.spdx.writer.json.json_writer import write_document_to_stream

    stream = io.StringIO()
    write_document_to_stream(_document(subject, packages, system, created), stream, validate=False)
    return stream.getvalue().encode() + b"\n"


def _document(
    subject: SbomSubject,
    packages: Sequence[PackageUse],
    system: OperatingSystem | None,
    created: datetime,
) -> Document:
    from spdx_tools.spdx.model.actor import Actor, ActorType
    from spdx_tools.spdx.model.document import CreationInfo, Document
    from spdx_tools.spdx.model.relationship import Relationship, RelationshipType

    slimmer = Actor(ActorType.TOOL, f"slimmer-{subject.slimmer_version}")
    created = created.replace(microsecond=0)
    image = _image(subject)
    listed = [
        *_system(system),
        *(
            _package(use, f"SPDXRef-package-{number}")
            for number, use in enumerate(packages)
            if use.state is not State.REMOVED
        ),
    ]
    annotations = [
        annotation
        for number, use in enumerate(packages)
        if use.state is not State.REMOVED
        for annotation in _annotations(use, f"SPDXRef-package-{number}", slimmer, created)
    ]
    name = uuid.uuid5(_NAMES, f"{subject.name} {subject.digest} {subject.original}")
    return Document(
        creation_info=CreationInfo(
            spdx_version="SPDX-2.3",
            spdx_id="SPDXRef-DOCUMENT",
            name=subject.name,
            document_namespace=f"urn:uuid:{name}",
            creators=[slimmer],
            created=created,
        ),
        packages=[image, *listed],
        relationships=[
            Relationship("SPDXRef-DOCUMENT", RelationshipType.DESCRIBES, _IMAGE),
            *(Relationship(_IMAGE, RelationshipType.CONTAINS, each.spdx_id) for each in listed),
        ],
        annotations=annotations,
    )


def _image(subject: SbomSubject) -> Package:
    return _whole(_IMAGE, subject.name, subject.digest, "CONTAINER")


def _system(system: OperatingSystem | None) -> list[Package]:
    if system is None:
        return []
    return [_whole(_SYSTEM, system.id, system.version, "OPERATING_SYSTEM")]


def _whole(identity: str, name: str, version: str, purpose: str) -> Package:
    """What packages are in."""
    from spdx_tools.spdx.model.package import Package, PackagePurpose
    from spdx_tools.spdx.model.spdx_no_assertion import SpdxNoAssertion

    return Package(
        spdx_id=identity,
        name=name,
        version=version or None,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        primary_package_purpose=PackagePurpose[purpose],
    )


def _package(use: PackageUse, identity: str) -> Package:
    from spdx_tools.spdx.model.package import (
        ExternalPackageRef,
        ExternalPackageRefCategory,
        Package,
    )
    from spdx_tools.spdx.model.spdx_no_assertion import SpdxNoAssertion

    purl = package_url(use.component)
    references = (
        [ExternalPackageRef(ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", purl.to_string())]
        if purl
        else []
    )
    return Package(
        spdx_id=identity,
        name=use.component.name,
        version=use.component.version or None,
        download_location=SpdxNoAssertion(),
        files_analyzed=False,
        external_references=references,
        source_info=_source_info(use.component) or None,
    )


def _source_info(component: Component) -> str:
    """What it was built from; of what no distribution has built, the file that describes it."""
    source = source_package(component)
    return _BUILT_FROM + " ".join(source) if source else printable(component.described_by)


def _annotations(
    use: PackageUse, identity: str, slimmer: Actor, created: datetime
) -> list[Annotation]:
    from spdx_tools.spdx.model.annotation import Annotation, AnnotationType

    return [
        Annotation(identity, AnnotationType.OTHER, slimmer, created, f"{name}={value}")
        for name, value in properties_of(use)
        if name.startswith("slimmer:")
    ]
