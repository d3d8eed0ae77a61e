"""What scanners wrote: the packages and the weaknesses in documents of Trivy, Grype, Syft and in
CycloneDX, as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from slimmer.codec import Mismatch, parse
from slimmer.errors import ScanFileError
from slimmer.evidence.identity import PackageId

FORMS: Final = (
    "a scan is JSON of CycloneDX, of `trivy image --format json`, of `grype -o json`, or of "
    "`syft -o json`"
)
_LARGEST: Final = 1 << 30
"""Bytes. Reports of the largest images have some 100 MB."""
_INSTALLED: Final = frozenset({"library", "framework"})
"""Types of CycloneDX components that are packages, whether they have a package URL or not. Those of
applications without one are lock files and programs in which packages were found."""
_IN_ONE_FILE: Final = frozenset({"gobinary", "rustbinary", "jar"})
"""Types of Trivy's results whose target, or whose package's path, is the very file that holds the
package's code."""


@dataclass(frozen=True, kw_only=True)
class Weakness:
    """One finding: a package with a known weakness."""

    id: str
    """`CVE-2024-0001`, `GHSA-…`."""
    package: PackageId
    severity: str = ""
    """In lower case: `critical`, `high`, …; empty where the scanner says none."""
    purl: str = ""
    """As the scanner writes it; empty where it has none."""
    place: str = ""
    """The file by which the scanner found the package, as an absolute path; empty where it says
    none."""
    is_code: bool = False
    """Whether that file holds the package's code itself: a program, an archive."""
    suppressed: str = ""
    """Why the scanner does not count it, as VEX or an ignore file told it; empty: it does."""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """A scanner's report."""

    scanner: str
    components: frozenset[PackageId]
    """The packages that it lists."""
    weaknesses: tuple[Weakness, ...] = ()
    lists_packages: bool = True
    """False where it lists only packages that have a weakness."""
    image: str = ""
    """The id of the image that was scanned (`sha256:…`); empty where the report does not say it."""


def read_scan(file: Path) -> Scan:
    """Read a report. Raises ScanFileError for what is not one."""
    try:
        if file.stat().st_size > _LARGEST:
            raise ScanFileError(f"the scan {file} is too large to be one", hint=FORMS)
        data = file.read_bytes()
    except OSError as error:
        raise ScanFileError(
            f"the scan {file} cannot be read: {error.strerror}", hint=FORMS
        ) from error
    if not data.strip():
        raise ScanFileError(f"the scan {file} is empty", hint="look at what the scanner printed")
    try:
        document = parse(data)
    except (Mismatch, RecursionError) as error:
        raise ScanFileError(f"the scan {file} is damaged: {error}", hint=FORMS) from error
    if isinstance(document, dict):
        for scanner, (keys, read) in _READERS.items():
            if keys <= document.keys():
                try:
                    return read(document)
                except (AttributeError, KeyError, TypeError, ValueError) as error:
                    raise ScanFileError(
                        f"{file} is not in the form of {scanner}: {_told(error)}", hint=FORMS
                    ) from error
    raise ScanFileError(f"{file} is not the report of a known scanner", hint=FORMS)


def _told(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)


def _cyclonedx(document: Mapping[str, Any]) -> Scan:
    if document["bomFormat"] != "CycloneDX":
        raise ValueError(f"bomFormat is {document['bomFormat']!r}")
    found: set[PackageId] = set()
    references: dict[str, str] = {}
    waiting = list(document.get("components") or ())
    while waiting:
        told = waiting.pop()
        waiting += told.get("components") or ()
        if told["type"] in _INSTALLED or told.get("purl"):
            name = "/".join(filter(None, (told.get("group"), told["name"])))
            found.add(_identity(told.get("purl"), told["type"], name, told.get("version")))
            references[told.get("bom-ref", "")] = told.get("purl") or ""
    weaknesses = tuple(
        Weakness(id=told["id"], package=PackageId.of_url(purl), purl=purl)
        for told in document.get("vulnerabilities") or ()
        for affected in told.get("affects") or ()
        if (purl := references.get(affected["ref"], ""))
    )
    return Scan(scanner="CycloneDX", components=frozenset(found), weaknesses=weaknesses)


def _trivy(document: Mapping[str, Any]) -> Scan:
    results = document.get("Results") or ()
    components: set[PackageId] = set()
    weaknesses: list[Weakness] = []
    for result in results:
        for told in result.get("Packages") or ():
            purl = (told.get("Identifier") or {}).get("PURL")
            # Where there is no URL, the version of a distribution's package is in two parts.
            version = "-".join(filter(None, (told.get("Version"), told.get("Release"))))
            components.add(_identity(purl, result.get("Type"), told["Name"], version))
        weaknesses += (
            _trivy_weakness(result, told) for told in result.get("Vulnerabilities") or ()
        )
        for told in result.get("ExperimentalModifiedFindings") or ():
            if told.get("Type") == "vulnerability":
                why = f"{told.get('Status', 'suppressed')} {told.get('Statement', '')}".strip()
                found = _trivy_weakness(result, told["Finding"])
                weaknesses.append(replace(found, suppressed=why))
    lists = not any("Vulnerabilities" in each and "Packages" not in each for each in results)
    image = (document.get("Metadata") or {}).get("ImageID")
    return _scan("Trivy", components, weaknesses, lists_packages=lists, image=image)


def _trivy_weakness(result: Mapping[str, Any], told: Mapping[str, Any]) -> Weakness:
    purl = (told.get("PkgIdentifier") or {}).get("PURL") or ""
    kind = result.get("Type")
    place = told.get("PkgPath") or (result.get("Target", "") if kind in _IN_ONE_FILE else "")
    return Weakness(
        id=told["VulnerabilityID"],
        package=_identity(purl, kind, told["PkgName"], told.get("InstalledVersion")),
        severity=str(told.get("Severity") or "").lower(),
        purl=purl,
        place=_absolute(place),
        is_code=kind in _IN_ONE_FILE,
    )


def _grype(document: Mapping[str, Any]) -> Scan:
    weaknesses = [_grype_weakness(told) for told in document["matches"] or ()]
    for told in document.get("ignoredMatches") or ():
        rules = told.get("appliedIgnoreRules") or ()
        why = ", ".join(str(each.get("vex-status") or "ignored") for each in rules) or "ignored"
        weaknesses.append(replace(_grype_weakness(told), suppressed=why))
    target = (document.get("source") or {}).get("target")
    image = target.get("imageID") if isinstance(target, dict) else None
    return _scan("Grype", (), weaknesses, lists_packages=False, image=image)


def _grype_weakness(told: Mapping[str, Any]) -> Weakness:
    artifact, weakness = told["artifact"], told["vulnerability"]
    purl = artifact.get("purl") or ""
    places: list[Any] = list(artifact.get("locations") or ())
    return Weakness(
        id=weakness["id"],
        package=_identity(purl, artifact.get("type"), artifact["name"], artifact.get("version")),
        severity=str(weakness.get("severity") or "").lower(),
        purl=purl,
        place=_absolute(places[0]["path"]) if len(places) == 1 else "",
        is_code=artifact.get("type") in ("go-module", "binary", "java-archive"),
    )


def _syft(document: Mapping[str, Any]) -> Scan:
    return _scan(
        "Syft",
        (
            _identity(told.get("purl"), told.get("type"), told["name"], told.get("version"))
            for told in document["artifacts"]
        ),
        image=((document.get("source") or {}).get("metadata") or {}).get("imageID"),
    )


_READERS: Final[Mapping[str, tuple[frozenset[str], Callable[[Mapping[str, Any]], Scan]]]] = {
    "CycloneDX": (frozenset({"bomFormat"}), _cyclonedx),
    "Trivy": (frozenset({"SchemaVersion", "Results"}), _trivy),
    "Trivy, which found nothing": (frozenset({"SchemaVersion", "ArtifactName"}), _trivy),
    "Grype": (frozenset({"matches", "descriptor"}), _grype),
    "Syft": (frozenset({"artifacts", "descriptor"}), _syft),
}
"""Scanner → keys by which its documents are known, and what reads them."""


def _scan(
    scanner: str,
    components: Iterable[PackageId],
    weaknesses: Iterable[Weakness] = (),
    *,
    lists_packages: bool = True,
    image: object = None,
) -> Scan:
    found = tuple(weaknesses)
    return Scan(
        scanner=scanner,
        components=frozenset((*components, *(each.package for each in found))),
        weaknesses=found,
        lists_packages=lists_packages,
        image=str(image or ""),
    )


def _identity(purl: object, type: object, name: object, version: object) -> PackageId:
    if isinstance(purl, str) and purl.startswith("pkg:"):
        return PackageId.of_url(purl)
    return PackageId.of_names(type, name, version)


def _absolute(place: str) -> str:
    return "/" + place.lstrip("/") if place else ""
