"""Bills of materials: CycloneDX 1.6, JSON. One of the slim image, and one of the original, which
says what became of each package.

The same image gives the same bytes: there is no time in the document, and its serial number is
derived from all the rest of it, the image's digest included.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slimmer.evidence.use import PackageUse, State
from slimmer.metadata import Component, OperatingSystem

if TYPE_CHECKING:
    from cyclonedx.model.bom_ref import BomRef
    from cyclonedx.model.component import Component as CyclonedxComponent
    from cyclonedx.model.dependency import Dependency
    from packageurl import PackageURL

SBOM_NAME: Final = "sbom.cdx.json"
ORIGINAL_SBOM_NAME: Final = "sbom-original.cdx.json"
"""Beside the report: the slim image's, and the original's, which says what became of each
package."""

_SERIAL_NUMBERS = uuid.UUID("0f6d0c5a-6f0e-5c39-9c52-5f1c7b6a8f0d")
"""The name space of our serial numbers, drawn once."""

FILES: Final = "slimmer:package:files"
"""Property of a component: `KEPT/TOTAL` files of it, documentation aside."""
_PARTIAL: Final = "slimmer:package:partial"
"""Property of a component of which only a part is left: `true`."""
USE: Final = "slimmer:package:use"
"""Property of a component: a `State`."""
PHASE: Final = "slimmer:package:phase"
"""Property of a used component, once for each phase in which a file of it was opened."""
_OPENED: Final = "slimmer:package:opened"
"""Property of a used component: how many of its files were opened."""
CODE: Final = "slimmer:package:code"
"""Property of a component of which no code is left: `false`."""
_ORIGINAL: Final = "slimmer:image:original"
_SOURCE_NAME: Final = "aquasecurity:trivy:SrcName"
_SOURCE_VERSION: Final = "aquasecurity:trivy:SrcVersion"
"""Where Trivy looks for the source package, under which distributions file their weaknesses. It
does not read the `upstream` of a package URL, and finds none without."""
_MOST_OCCURRENCES: Final = 20
"""Files of a package that the document names: those that were opened first."""


@dataclass(frozen=True, kw_only=True)
class SbomSubject:
    """The image that the document is about."""

    name: str
    """The image's reference."""
    digest: str = ""
    """The image's id (`sha256:…` of its configuration); empty inside the image itself, which
    cannot hold its own digest."""
    original: str
    """The id of the original."""
    slimmer_version: str


def prepare_bills() -> None:
    """Load what `compose_sbom` comes to load."""
    import cyclonedx.model.bom
    import cyclonedx.output.json  # noqa: F401


def compose_sbom(
    subject: SbomSubject, packages: Sequence[PackageUse], system: OperatingSystem | None
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
        properties=[Property(name=_ORIGINAL, value=subject.original)],
    )
    slimmer = CyclonedxComponent(
        type=ComponentType.APPLICATION,
        name="slimmer",
        version=subject.slimmer_version,
        bom_ref="slimmer",
    )
    made = _components(packages)
    listed = [*_system_component(system), *made]
    document = Bom(
        components=listed,
        metadata=BomMetaData(component=image, tools=ToolRepository(components=[slimmer])),
        serial_number=_SERIAL_NUMBERS,
        dependencies=_dependencies(image, listed, packages, made),
    )
    # It looks through all dependencies for each component, a third of the time where there are 900;
    # `_dependencies` has them all.
    document.validate = lambda: True  # type: ignore[method-assign]
    return _repeatable(json.loads(JsonV1Dot6(document).output_as_string()))


def _dependencies(
    image: CyclonedxComponent,
    listed: Sequence[CyclonedxComponent],
    packages: Sequence[PackageUse],
    made: Sequence[CyclonedxComponent],
) -> list[Dependency]:
    """Of the image, and of each package. `Bom.register_dependency` gives the same, and looks
    through all of them for each edge."""
    from cyclonedx.model.dependency import Dependency

    named = defaultdict(list)
    for use, component in zip(packages, made, strict=True):
        named[use.component.type, use.component.name].append(component)
    required: dict[BomRef, list[CyclonedxComponent]] = {each.bom_ref: [] for each in listed}
    for use, component in zip(packages, made, strict=True):
        required[component.bom_ref] = [
            other for name in use.component.requires for other in named[use.component.type, name]
        ]
    return [
        Dependency(ref=ref, dependencies=[Dependency(ref=other.bom_ref) for other in others])
        for ref, others in ((image.bom_ref, listed), *required.items())
    ]


def package_url(component: Component) -> PackageURL | None:
    """None for what has none: an archive that does not say what it is."""
    from packageurl import PackageURL

    if component.type == "jar":
        return None
    return PackageURL(
        type=component.type,
        namespace=component.namespace or None,
        name=component.name,
        version=component.version or None,
        qualifiers=dict(component.qualifiers),
    )


def source_package(component: Component) -> tuple[str, str] | None:
    """(name, version) of what a distribution has built the package from."""
    if component.type not in ("deb", "apk"):
        return None
    upstream = dict(component.qualifiers).get("upstream", component.name)
    source, _, version = upstream.partition("@")
    return source, version or component.version


def printable(path: str) -> str:
    """A path that JSON can hold, whatever bytes are in it."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _components(packages: Sequence[PackageUse]) -> list[CyclonedxComponent]:
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component as CyclonedxComponent
    from cyclonedx.model.component import ComponentType
    from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence

    listed = []
    identities = [package_url(use.component) for use in packages]
    times = Counter(identity.to_string() if identity else "" for identity in identities)
    for number, (use, identity) in enumerate(zip(packages, identities, strict=True)):
        each = use.component
        reference = identity.to_string() if identity else ""
        if times[reference] > 1 or not identity:
            # The same version at several places is several components.
            reference += "#" + (printable(each.described_by) or str(number))
        places = _places(use)
        occurrences = [Occurrence(location=place) for place in places]
        evidence = ComponentEvidence(occurrences=occurrences) if occurrences else None
        listed.append(
            CyclonedxComponent(
                type=ComponentType.LIBRARY,
                group=each.namespace if each.type in ("maven", "npm", "composer") else None,
                name=each.name,
                version=each.version or None,
                purl=identity,
                bom_ref=reference,
                properties=[Property(name=name, value=value) for name, value in properties_of(use)],
                evidence=evidence,
            )
        )
    return listed


def _places(use: PackageUse) -> Iterator[str]:
    """What describes the package, and the files that were opened first."""
    places = (use.component.described_by, *use.opened[:_MOST_OCCURRENCES])
    yield from dict.fromkeys(printable(path) for path in places if path)


def properties_of(use: PackageUse) -> Iterator[tuple[str, str]]:
    """(name, value) of what is said of a package beside what it is; names may come again."""
    each = use.component
    yield FILES, f"{each.kept_files}/{each.total_files}"
    yield USE, use.state.value
    if each.is_partial and use.state is not State.REMOVED:
        yield _PARTIAL, "true"
    if use.opened:
        yield _OPENED, str(len(use.opened))
    if not use.has_code:
        yield CODE, "false"
    for phase in use.phases:
        yield PHASE, printable(phase)
    if source := source_package(each):
        yield _SOURCE_NAME, source[0]
        yield _SOURCE_VERSION, source[1]


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


def _repeatable(document: dict[str, Any]) -> bytes:
    """The document without the time, in an order that is always the same, and with a serial number
    of its own. The library's order of places is that of a set, another one in each process."""
    for component in document.get("components", ()):
        if "evidence" in component:
            component["evidence"]["occurrences"].sort(key=lambda each: each["location"])
    document["metadata"].pop("timestamp", None)
    document.pop("serialNumber", None)
    content = json.dumps(document, sort_keys=True, ensure_ascii=False)
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(_SERIAL_NUMBERS, content)}"
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
