"""Bills of materials: CycloneDX 1.6, JSON. One of the slim image, and one of the original, which
says what became of each package.

The same image gives the same bytes: there is no time in the document, and its serial number is
derived from all the rest of it, the image's digest included.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slimmer.evidence.use import PackageUse, State
from slimmer.metadata import Component, OperatingSystem

if TYPE_CHECKING:
    from packageurl import PackageURL

Json = dict[str, Any]

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
    import packageurl  # noqa: F401


def compose_sbom(
    subject: SbomSubject, packages: Sequence[PackageUse], system: OperatingSystem | None
) -> bytes:
    """The document."""
    made = _components(packages)
    listed = [*_system_component(system), *made]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": _image(subject),
            "tools": {
                "components": [
                    {
                        "type": "application",
                        "name": "slimmer",
                        "version": subject.slimmer_version,
                        "bom-ref": "slimmer",
                    }
                ]
            },
        },
        "components": sorted(listed, key=_order),
        "dependencies": _dependencies(listed, packages, made),
    }
    return _numbered(document)


def _image(subject: SbomSubject) -> Json:
    return {
        "type": "container",
        "name": subject.name,
        **({"version": subject.digest} if subject.digest else {}),
        "bom-ref": "image",
        "properties": [{"name": _ORIGINAL, "value": subject.original}],
    }


def _order(component: Json) -> tuple[str, ...]:
    return tuple(component.get(key, "") for key in ("type", "group", "name", "version", "bom-ref"))


def _dependencies(
    listed: Sequence[Json], packages: Sequence[PackageUse], made: Sequence[Json]
) -> list[Json]:
    """Of the image, and of each package."""
    named = defaultdict(list)
    for use, component in zip(packages, made, strict=True):
        named[use.component.type, use.component.name].append(component["bom-ref"])
    required: dict[str, list[str]] = {each["bom-ref"]: [] for each in listed}
    required["image"] = list(required)
    for use, component in zip(packages, made, strict=True):
        required[component["bom-ref"]] = [
            other for name in use.component.requires for other in named[use.component.type, name]
        ]
    return [
        {"ref": reference, **({"dependsOn": sorted(set(others))} if others else {})}
        for reference, others in sorted(required.items())
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


def _components(packages: Sequence[PackageUse]) -> list[Json]:
    identities = [package_url(use.component) for use in packages]
    urls = [identity.to_string() if identity else "" for identity in identities]
    times = Counter(urls)
    return [
        _component(use, url, str(number) if times[url] > 1 or not url else "")
        for number, (use, url) in enumerate(zip(packages, urls, strict=True))
    ]


def _component(use: PackageUse, url: str, number: str) -> Json:
    """`number` is empty where the package URL alone tells it from the others: the same version at
    several places is several components."""
    each = use.component
    component: Json = {
        "type": "library",
        "name": each.name,
        "bom-ref": f"{url}#{printable(each.described_by) or number}" if number else url,
        "properties": [
            {"name": name, "value": value} for name, value in sorted(set(properties_of(use)))
        ],
    }
    if each.namespace and each.type in ("maven", "npm", "composer"):
        component["group"] = each.namespace
    if each.version:
        component["version"] = each.version
    if url:
        component["purl"] = url
    if places := sorted(_places(use)):
        component["evidence"] = {"occurrences": [{"location": place} for place in places]}
    return component


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


def _system_component(system: OperatingSystem | None) -> list[Json]:
    if system is None:
        return []
    return [
        {
            "type": "operating-system",
            "name": system.id,
            **({"version": system.version} if system.version else {}),
            "description": system.name,
            "bom-ref": "system",
        }
    ]


def _numbered(document: Mapping[str, Any]) -> bytes:
    """The document with a serial number of its own."""
    content = json.dumps(document, sort_keys=True, ensure_ascii=False)
    serial = f"urn:uuid:{uuid.uuid5(_SERIAL_NUMBERS, content)}"
    numbered = {**document, "serialNumber": serial}
    return json.dumps(numbered, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
