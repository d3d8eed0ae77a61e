"""Reading bills of materials: those of slimmer, which say what became of each package, and
CycloneDX and SPDX documents of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from slimmer.codec import Mismatch, parse
from slimmer.disk import is_regular
from slimmer.errors import ScanFileError
from slimmer.evidence.identity import PackageId
from slimmer.evidence.sbom import CODE, FILES, ORIGINAL_SBOM_NAME, PHASE, USE
from slimmer.evidence.use import State

_FORMS: Final = "an SBOM is JSON of CycloneDX or of SPDX 2.3"


@dataclass(frozen=True, kw_only=True)
class BilledPackage:
    """One package of a bill."""

    id: PackageId
    purl: str = ""
    reference: str = ""
    """By which the document names it."""
    state: State | None = None
    """None where the document was not made by slimmer."""
    phases: tuple[str, ...] = ()
    files: str = ""
    """`KEPT/TOTAL`; empty where it is not told."""
    has_code: bool = True
    """False where nothing of the package is left that could run."""
    places: tuple[str, ...] = ()
    """Files of the package that the document names."""


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A bill of materials."""

    name: str
    """Of the image."""
    serial: str = ""
    """Of a CycloneDX document: a UUID."""
    packages: tuple[BilledPackage, ...]

    @property
    def has_states(self) -> bool:
        """Whether it says what was used."""
        return any(each.state is not None for each in self.packages)

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], tuple[BilledPackage, ...]]:
        """(type, name) → the packages of that name, in whatever version."""
        found: dict[tuple[str, str], list[BilledPackage]] = {}
        for each in self.packages:
            found.setdefault((each.id.type, each.id.name), []).append(each)
        return {name: tuple(packages) for name, packages in found.items()}

    def find(self, package: PackageId) -> tuple[BilledPackage, ...]:
        """The package in this version; those without a version are in any."""
        return tuple(
            each
            for each in self.by_name.get((package.type, package.name), ())
            if package.version in ("", each.id.version) or not each.id.version
        )


def read_bill(file: Path) -> Bill:
    """Read a bill. Raises ScanFileError for what is none."""
    try:
        return parse_bill(file.read_bytes(), str(file))
    except OSError as error:
        raise ScanFileError(
            f"the SBOM {file} cannot be read: {error.strerror}", hint=_FORMS
        ) from error


def read_original_bill(report: Path) -> Bill:
    """The bill of the original beside a build's report. Raises ScanFileError where there is none,
    as beside reports of before there were such bills."""
    file = report.with_name(ORIGINAL_SBOM_NAME)
    if not is_regular(file):
        raise ScanFileError(
            f"there is no {ORIGINAL_SBOM_NAME} beside {report}",
            hint="build the image again: from then on the report has one",
        )
    return read_bill(file)


def parse_bill(data: bytes, name: str) -> Bill:
    """As `read_bill`; `name` is what the errors call it."""
    if not data.strip():
        raise ScanFileError(f"the SBOM {name} is empty", hint=_FORMS)
    try:
        document = parse(data)
    except (Mismatch, RecursionError) as error:
        raise ScanFileError(f"the SBOM {name} is damaged: {error}", hint=_FORMS) from error
    try:
        if isinstance(document, dict) and document.get("bomFormat") == "CycloneDX":
            return _cyclonedx(document)
        if isinstance(document, dict) and "spdxVersion" in document:
            return _spdx(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ScanFileError(f"the SBOM {name} is not in its form: {error}", hint=_FORMS) from error
    raise ScanFileError(f"{name} is not an SBOM", hint=_FORMS)


def _cyclonedx(document: Mapping[str, Any]) -> Bill:
    subject = (document.get("metadata") or {}).get("component") or {}
    return Bill(
        name=str(subject.get("name", "")),
        serial=str(document.get("serialNumber", "")).removeprefix("urn:uuid:"),
        packages=tuple(_cyclonedx_packages(document)),
    )


def _cyclonedx_packages(document: Mapping[str, Any]) -> Iterator[BilledPackage]:
    waiting = list(document.get("components") or ())
    while waiting:
        told = waiting.pop(0)
        waiting += told.get("components") or ()
        purl = told.get("purl") or ""
        if not purl and told["type"] not in ("library", "framework"):
            continue
        properties: dict[str, list[str]] = {}
        for each in told.get("properties") or ():
            properties.setdefault(each["name"], []).append(each.get("value", ""))
        state = properties.get(USE)
        occurrences = (told.get("evidence") or {}).get("occurrences") or ()
        yield BilledPackage(
            id=PackageId.of_url(purl)
            if purl
            else PackageId.of_names(told["type"], told["name"], told.get("version")),
            purl=purl,
            reference=told.get("bom-ref", ""),
            state=State(state[0]) if state else None,
            phases=tuple(properties.get(PHASE, ())),
            files="".join(properties.get(FILES, ())),
            has_code=properties.get(CODE) != ["false"],
            places=tuple(each["location"] for each in occurrences),
        )


def _spdx(document: Mapping[str, Any]) -> Bill:
    packages = []
    for told in document.get("packages") or ():
        references = told.get("externalRefs") or ()
        purl = next(
            (each["referenceLocator"] for each in references if each["referenceType"] == "purl"), ""
        )
        if purl.startswith("pkg:") and not purl.startswith("pkg:oci/"):
            words = _words(told)
            packages.append(
                BilledPackage(
                    id=PackageId.of_url(purl),
                    purl=purl,
                    reference=told["SPDXID"],
                    state=State(words[USE][0]) if USE in words else None,
                    phases=tuple(words.get(PHASE, ())),
                    files="".join(words.get(FILES, ())),
                    has_code=words.get(CODE) != ["false"],
                )
            )
    return Bill(name=str(document.get("name", "")), packages=tuple(packages))


def _words(package: Mapping[str, Any]) -> dict[str, list[str]]:
    """What slimmer says in annotations: `NAME=VALUE` → the values of each name."""
    found: dict[str, list[str]] = {}
    for each in package.get("annotations") or ():
        name, equals, value = str(each.get("comment", "")).partition("=")
        if equals:
            found.setdefault(name, []).append(value)
    return found
