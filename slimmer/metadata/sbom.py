"""The slim image's bill of materials: CycloneDX 1.6, JSON.

The same image gives the same bytes: there is no time in the document, and its serial number is
derived from all the rest of it, the image's digest included.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slimmer.ecosystems import Component, Generated, MetadataRequest
from slimmer.metadata.collection import Additions
from slimmer.metadata.operating_system import OperatingSystem, release_files
from slimmer.metadata.result import PackageMetadata

if TYPE_CHECKING:
    from cyclonedx.model.component import Component as CyclonedxComponent

SBOM_PATH = "/var/lib/db/sbom/image.cdx.json"
"""Where the document lies in the image on request: the folder in which Wolfi's packages have
theirs. Scanners find it by its suffix (Trivy, Syft)."""

_SERIAL_NUMBERS = uuid.UUID("0f6d0c5a-6f0e-5c39-9c52-5f1c7b6a8f0d")
"""The name space of our serial numbers, drawn once."""

_FILES = "slimmer:package:files"
"""Property of a component: `KEPT/TOTAL` files of it, documentation aside."""
_PARTIAL = "slimmer:package:partial"
"""Property of a component of which only a part is left: `true`."""


@dataclass(frozen=True, kw_only=True)
class SbomSubject:
    """The image that the document is about."""

    name: str
    """The slim image's reference."""
    digest: str = ""
    """The image's id (`sha256:…` of its configuration); empty inside the image itself, which
    cannot hold its own digest."""
    original: str
    """The id of the original."""
    slimmer_version: str


def compose_sbom(
    subject: SbomSubject, components: Sequence[Component], system: OperatingSystem | None
) -> bytes:
    """The document. The library is loaded here, since most commands need none of it (0.1 s)."""
    from cyclonedx.model import Property
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component as CyclonedxComponent
    from cyclonedx.model.component import ComponentType
    from cyclonedx.model.tool import ToolRepository
    from cyclonedx.output.json import JsonV1Dot6

    image = CyclonedxComponent(
        type=ComponentType.CONTAINER,
        name=subject.name,
        version=subject.digest or None,
        bom_ref="image",
        properties=[Property(name="slimmer:image:original", value=subject.original)],
    )
    slimmer = CyclonedxComponent(
        type=ComponentType.APPLICATION,
        name="slimmer",
        version=subject.slimmer_version,
        bom_ref="slimmer",
    )
    packages = _components(components)
    listed = [*_system_component(system), *packages]
    document = Bom(
        components=listed,
        metadata=BomMetaData(component=image, tools=ToolRepository(components=[slimmer])),
        serial_number=_SERIAL_NUMBERS,
    )
    document.register_dependency(image, listed)
    named = defaultdict(list)
    for each, package in zip(components, packages, strict=True):
        named[each.type, each.name].append(package)
    for each, package in zip(components, packages, strict=True):
        required = [other for name in each.requires for other in named[each.type, name]]
        document.register_dependency(package, required)
    return _repeatable(json.loads(JsonV1Dot6(document).output_as_string()))


def with_sbom(
    metadata: PackageMetadata, request: MetadataRequest, document: bytes
) -> PackageMetadata:
    """The metadata with the document at SBOM_PATH in the image."""
    release = next((request.index.get(path) for path in release_files(request.index)), None)
    additions = Additions(replace(request, keep=metadata.keep))
    additions.generate(
        Generated(
            path=SBOM_PATH,
            content=document,
            mtime_ns=release.mtime_ns if release is not None else 0,
            detail="the image's bill of materials, as asked for",
        )
    )
    return replace(
        metadata,
        keep=additions.keep_set(notes=()),
        entries={**metadata.entries, **additions.entries},
        content={**metadata.content, **additions.content},
    )


def _components(components: Sequence[Component]) -> list[CyclonedxComponent]:
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component as CyclonedxComponent
    from cyclonedx.model.component import ComponentType
    from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence
    from packageurl import PackageURL

    listed = []
    identities = [
        PackageURL(
            type=each.type,
            namespace=each.namespace or None,
            name=each.name,
            version=each.version,
            qualifiers=dict(each.qualifiers),
        )
        for each in components
    ]
    times = Counter(identity.to_string() for identity in identities)
    for each, identity in zip(components, identities, strict=True):
        reference = identity.to_string()
        if times[reference] > 1:
            # The same version at several places is several components.
            reference += "#" + _printable(each.described_by)
        properties = [Property(name=_FILES, value=f"{each.kept_files}/{each.total_files}")]
        if each.is_partial:
            properties.append(Property(name=_PARTIAL, value="true"))
        place = _printable(each.described_by)
        evidence = ComponentEvidence(occurrences=[Occurrence(location=place)]) if place else None
        listed.append(
            CyclonedxComponent(
                type=ComponentType.LIBRARY,
                group=each.namespace if each.type in ("maven", "npm", "composer") else None,
                name=each.name,
                version=each.version,
                purl=identity,
                bom_ref=reference,
                properties=properties,
                evidence=evidence,
            )
        )
    return listed


def _system_component(system: OperatingSystem | None) -> list[CyclonedxComponent]:
    from cyclonedx.model.component import Component as CyclonedxComponent
    from cyclonedx.model.component import ComponentType

    if system is None:
        return []
    return [
        CyclonedxComponent(
            type=ComponentType.OPERATING_SYSTEM,
            name=system.id,
            version=system.version or None,
            description=system.name,
            bom_ref="system",
        )
    ]


def _printable(path: str) -> str:
    """A path that JSON can hold, whatever bytes are in it."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _repeatable(document: dict[str, Any]) -> bytes:
    """The document without the time, and with a serial number of its own."""
    document["metadata"].pop("timestamp", None)
    document.pop("serialNumber", None)
    content = json.dumps(document, sort_keys=True, ensure_ascii=False)
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(_SERIAL_NUMBERS, content)}"
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
