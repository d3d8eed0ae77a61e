"""Reports of scanners that are none, and what is read of those that are."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slimmer.errors import ScanFileError
from slimmer.evidence import PackageId, read_bill, read_scan

GRYPE: dict[str, Any] = {
    "matches": [
        {
            "vulnerability": {"id": "CVE-2026-1", "severity": "High"},
            "artifact": {
                "name": "zlib1g",
                "version": "1:1.2-1",
                "type": "deb",
                "purl": "pkg:deb/debian/zlib1g@1%3A1.2-1?arch=amd64&distro=debian-12",
                "locations": [{"path": "/var/lib/dpkg/status"}, {"path": "/var/lib/dpkg/info/x"}],
            },
        },
        {
            "vulnerability": {"id": "CVE-2026-2"},
            "artifact": {
                "name": "stdlib",
                "version": "go1.20",
                "type": "go-module",
                "locations": [{"path": "/usr/bin/tool"}],
            },
        },
    ],
    "ignoredMatches": [
        {
            "vulnerability": {"id": "CVE-2026-3", "severity": "Low"},
            "artifact": {"name": "x", "version": "1", "type": "npm"},
            "appliedIgnoreRules": [{"vex-status": "not_affected"}],
        }
    ],
    "descriptor": {"name": "grype", "version": "0.121.2"},
}


def written(folder: Path, document: object) -> Path:
    file = folder / "scan.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


def test_grype_s_matches_are_read(tmp_path: Path) -> None:
    scan = read_scan(written(tmp_path, GRYPE))
    assert (scan.scanner, scan.lists_packages) == ("Grype", False)
    libz, go, ignored = scan.weaknesses
    assert libz.package == PackageId("deb", "zlib1g", "1.2-1")
    assert (libz.severity, libz.place) == ("high", ""), "two places are none"
    assert (go.place, go.is_code) == ("/usr/bin/tool", True)
    assert ignored.suppressed == "not_affected"


def test_a_report_of_trivy_that_found_nothing_is_one(tmp_path: Path) -> None:
    scan = read_scan(written(tmp_path, {"SchemaVersion": 2, "ArtifactName": "app.tar"}))
    assert (scan.components, scan.weaknesses) == (frozenset(), ())


BAD = [
    ("", "is empty"),
    (" \n", "is empty"),
    ("{", "damaged"),
    ("[" * 100_000, "damaged"),
    ("null", "not the report of a known scanner"),
    ("[]", "not the report of a known scanner"),
    ({"hello": 1}, "not the report of a known scanner"),
    ({"bomFormat": "Other"}, "not in the form of CycloneDX"),
    ({"SchemaVersion": 2, "Results": [{"Vulnerabilities": [{}]}]}, "not in the form of Trivy"),
    ({"SchemaVersion": 2, "Results": 7}, "not in the form of Trivy"),
    ({"matches": [{"artifact": []}], "descriptor": {}}, "not in the form of Grype"),
    ({"artifacts": {"name": 1}, "descriptor": {}}, "not in the form of Syft"),
]


@pytest.mark.parametrize(("document", "told"), BAD, ids=range(len(BAD)))
def test_what_is_no_report_is_told_by_name(tmp_path: Path, document: object, told: str) -> None:
    with pytest.raises(ScanFileError, match=told) as caught:
        read_scan(written(tmp_path, document))
    assert "scan.json" in caught.value.message
    assert caught.value.hint


def test_a_report_that_is_not_there_and_one_too_large(tmp_path: Path) -> None:
    with pytest.raises(ScanFileError, match="No such file"):
        read_scan(tmp_path / "missing.json")
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate((1 << 30) + 1)  # a hole: it takes no space
    with pytest.raises(ScanFileError, match="too large"):
        read_scan(huge)
    with pytest.raises(ScanFileError, match="Is a directory"):
        read_scan(tmp_path)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("", "is empty"),
        ("{", "damaged"),
        ({"hello": 1}, "is not an SBOM"),
        ({"bomFormat": "CycloneDX", "components": [{"purl": 1}]}, "not in its form"),
        (
            {
                "bomFormat": "CycloneDX",
                "components": [
                    {
                        "type": "library",
                        "name": "x",
                        "properties": [{"name": "slimmer:package:use", "value": "odd"}],
                    }
                ],
            },
            "not in its form",
        ),
        ({"spdxVersion": "SPDX-2.3", "packages": [{"externalRefs": [{}]}]}, "not in its form"),
    ],
)
def test_what_is_no_bill_is_told_by_name(tmp_path: Path, document: object, told: str) -> None:
    with pytest.raises(ScanFileError, match=told):
        read_bill(written(tmp_path, document))


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Results", "SchemaVersion", "Packages", "Vulnerabilities", "matches", "artifact"]
            )
            | st.sampled_from(
                ["descriptor", "artifacts", "bomFormat", "components", "purl", "name"]
            )
            | st.sampled_from(["spdxVersion", "packages", "properties", "evidence", "type"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=ANY)
def test_any_json_is_read_or_refused(tmp_path: Path, document: object) -> None:
    file = written(tmp_path, document)
    for read in (read_scan, read_bill):
        with contextlib.suppress(ScanFileError):
            read(file)
