"""What scanners wrote: the components of CycloneDX, Trivy and Syft documents in JSON.

Each component is told by its package URL where it has one, without qualifiers, so that the scans of
two scanners can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from slimmer.codec import Mismatch, parse
from slimmer.errors import GateUnmeasuredError

_FORMS: Final = "a scan is JSON of CycloneDX, of `trivy image --format json`, or of `syft -o json`"
_INSTALLED: Final = frozenset({"library", "framework"})
"""Types of CycloneDX components that are packages, whether they have a package URL or not. Those of
applications without one are lock files and programs in which packages were found."""
_EPOCH: Final = re.compile(r"\d+:")
"""At the start of a version. Some scanners write it there, others beside it."""
_SAME: Final = {
    **dict.fromkeys(("debian", "ubuntu"), "deb"),
    **dict.fromkeys(("alpine", "wolfi", "chainguard"), "apk"),
    **dict.fromkeys(("redhat", "centos", "rocky", "alma", "fedora", "amazon", "oracle"), "rpm"),
    **dict.fromkeys(("suse", "opensuse", "opensuse-leap", "photon", "cbl-mariner"), "rpm"),
    **dict.fromkeys(("python", "python-pkg"), "pypi"),
    **dict.fromkeys(("go-module", "gobinary"), "golang"),
    **dict.fromkeys(("node-pkg", "javascript"), "npm"),
    **dict.fromkeys(("jar", "java-archive"), "maven"),
    **dict.fromkeys(("gemspec", "bundler"), "gem"),
    "rustbinary": "cargo",
    "composer-vendor": "composer",
}
"""Names that scanners have for types of package URLs."""


@dataclass(frozen=True, order=True)
class Component:
    """An installed package, as a scanner tells it."""

    type: str
    """As in package URLs."""
    name: str
    version: str


@dataclass(frozen=True, kw_only=True)
class Scan:
    """A scanner's report."""

    scanner: str
    components: frozenset[Component]


def read_scan(file: Path) -> Scan:
    """Read a report. Raises GateUnmeasuredError for what is not one, and for one that does not
    list packages."""
    try:
        document = parse(file.read_bytes())
    except OSError as error:
        raise GateUnmeasuredError(
            f"the scan {file} cannot be read: {error.strerror}", hint=_FORMS
        ) from error
    except Mismatch as error:
        raise GateUnmeasuredError(f"the scan {file} is damaged: {error}", hint=_FORMS) from error
    if isinstance(document, dict):
        for scanner, (keys, read) in _READERS.items():
            if keys <= document.keys():
                try:
                    found = frozenset(read(document))
                except (AttributeError, KeyError, TypeError, ValueError) as error:
                    raise GateUnmeasuredError(
                        f"{file} is not in the form of {scanner}: {error}", hint=_FORMS
                    ) from error
                return Scan(scanner=scanner, components=found)
    raise GateUnmeasuredError(f"{file} is not the report of a known scanner", hint=_FORMS)


def _cyclonedx(document: Mapping[str, Any]) -> Iterator[Component]:
    if document["bomFormat"] != "CycloneDX":
        raise ValueError(f"bomFormat is {document['bomFormat']!r}")
    waiting = list(document.get("components") or ())
    while waiting:
        told = waiting.pop()
        waiting += told.get("components") or ()
        if told["type"] in _INSTALLED or told.get("purl"):
            name = "/".join(filter(None, (told.get("group"), told["name"])))
            yield _component(told.get("purl"), told["type"], name, told.get("version"))


def _trivy(document: Mapping[str, Any]) -> Iterator[Component]:
    results = document["Results"] or ()
    if any("Vulnerabilities" in each and "Packages" not in each for each in results):
        raise ValueError("it lists vulnerabilities only (trivy's --list-all-pkgs lists packages)")
    for result in results:
        for told in result.get("Packages") or ():
            purl = (told.get("Identifier") or {}).get("PURL")
            # Where there is no URL, the version of a distribution's package is in two parts.
            version = "-".join(filter(None, (told.get("Version"), told.get("Release"))))
            yield _component(purl, result.get("Type"), told["Name"], version)


def _syft(document: Mapping[str, Any]) -> Iterator[Component]:
    for told in document["artifacts"]:
        yield _component(told.get("purl"), told.get("type"), told["name"], told.get("version"))


_READERS: Final = {
    "CycloneDX": (frozenset({"bomFormat"}), _cyclonedx),
    "Trivy": (frozenset({"SchemaVersion", "Results"}), _trivy),
    "Syft": (frozenset({"artifacts", "descriptor"}), _syft),
}
"""Scanner → keys by which its documents are known, and what reads them."""


def _component(purl: object, type: object, name: object, version: object) -> Component:
    """By its package URL, `pkg:TYPE/NAMESPACE/NAME@VERSION?qualifiers#subpath`. A distribution's
    name in it counts for nothing: scanners do not agree on it."""
    if isinstance(purl, str) and purl.startswith("pkg:"):
        path = purl.removeprefix("pkg:").partition("#")[0].partition("?")[0]
        kind, _, rest = path.partition("/")
        before, at, after = rest.rpartition("@")
        own, told = (before, after) if at and "/" not in after else (rest, "")
        written = unquote(told)
        if kind in ("deb", "apk", "rpm"):
            own, written = own.rpartition("/")[2], _EPOCH.sub("", written, count=1)
        return Component(kind.lower(), unquote(own).lower(), written)
    kind = str(type or "")
    return Component(_SAME.get(kind, kind), str(name).lower(), str(version or ""))
