"""Reports of scanners in, components before and after out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slimmer.check.scans import measured_scan
from slimmer.errors import GateUnmeasuredError
from slimmer.evidence import PackageId
from tests.unit.check.images import checked, gate
from tests.unit.test_documents import failure

DEB = "pkg:deb/debian/openssl@3.0.15-1~deb12u1?arch=amd64&distro=debian-12"
CYCLONEDX: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "components": [
        {"type": "library", "name": "openssl", "version": "3.0.15-1~deb12u1", "purl": DEB},
        {
            "type": "library",
            "group": "@scope",
            "name": "pkg",
            "version": "2",
            "purl": "pkg:npm/%40scope/pkg@2",
        },
        {"type": "operating-system", "name": "debian", "version": "12"},
        {
            "type": "application",
            "name": "app",
            "components": [{"type": "library", "name": "Inner"}],
        },
    ],
}
TRIVY: dict[str, Any] = {
    "SchemaVersion": 2,
    "Results": [
        {
            "Target": "app (debian 12.9)",
            "Type": "debian",
            "Packages": [
                {"Name": "openssl", "Version": "3.0.15", "Identifier": {"PURL": DEB}},
                {"Name": "tool", "Version": "2", "Release": "3", "Epoch": 1},
            ],
            "Vulnerabilities": [{"VulnerabilityID": "CVE-2024-0001", "PkgName": "openssl"}],
        },
        {
            "Target": "Node.js",
            "Type": "node-pkg",
            "Packages": [{"Name": "@scope/pkg", "Identifier": {"PURL": "pkg:npm/%40scope/pkg@2"}}],
        },
        {"Target": "secrets"},
    ],
}
SYFT: dict[str, Any] = {
    "artifacts": [
        {"name": "openssl", "version": "3.0.15-1~deb12u1", "type": "deb", "purl": DEB},
        {"name": "@scope/pkg", "version": "2", "type": "npm", "purl": "pkg:npm/%40scope/pkg@2"},
    ],
    "descriptor": {"name": "syft", "version": "1.0.0"},
}
SAME = {
    PackageId("deb", "openssl", "3.0.15-1~deb12u1"),
    PackageId("npm", "@scope/pkg", "2"),
}


def written(name: str, document: object) -> Path:
    file = Path(name)
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


@pytest.mark.parametrize("document", [CYCLONEDX, TRIVY, SYFT], ids=["cyclonedx", "trivy", "syft"])
def test_three_scanners_tell_the_same(app: Path, document: dict[str, Any]) -> None:
    assert measured_scan(written("scan.json", document)).components >= SAME


def test_what_is_not_a_package_does_not_count(app: Path) -> None:
    names = {each.name for each in measured_scan(written("scan.json", CYCLONEDX)).components}
    assert names == {"openssl", "@scope/pkg", "inner"}


def test_a_package_without_a_url_is_told_by_its_parts(app: Path) -> None:
    assert PackageId("deb", "tool", "2-3") in measured_scan(written("scan.json", TRIVY)).components


def test_an_epoch_is_no_other_version(app: Path) -> None:
    urls = ("pkg:deb/debian/tool@1%3A2-3?arch=amd64", "pkg:deb/debian/tool@2-3?epoch=1")
    components = [{"type": "library", "name": "tool", "purl": url} for url in urls]
    found = measured_scan(written("scan.json", {**CYCLONEDX, "components": components})).components
    assert found == {PackageId("deb", "tool", "2-3")}


def test_nothing_new_may_be_there(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    less = {**SYFT, "artifacts": SYFT["artifacts"][:1]}
    more, few = written("more.json", SYFT), written("few.json", less)
    result = gate(checked(capsys, app, "--scan", few, "--baseline-scan", more))
    assert result["measured"] == "1 after 2 before, 1 removed, 0 new"
    result = gate(checked(capsys, app, "--scan", more, "--baseline-scan", few, code=42))
    assert [each["what"] for each in result["findings"]] == ["@scope/pkg 2"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({**SYFT, "artifacts": []}, "lists no components, and the image has 2 packages"),
        (SYFT, "nothing to compare"),
        ({"bomFormat": "SPDX"}, "bomFormat is 'SPDX'"),
        ({"SchemaVersion": 2, "Results": [{"Vulnerabilities": []}]}, "--list-all-pkgs"),
        ({"artifacts": [1], "descriptor": {}}, "not in the form of Syft"),
        ({}, "not the report of a known scanner"),
        ("[1]", "not the report of a known scanner"),
        ('{"a', "is damaged"),
    ],
)
def test_a_scan_that_tells_nothing_is_never_green(
    app: Path, document: object, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    result = gate(checked(capsys, app, "--scan", written("scan.json", document), code=43))
    assert result["status"] == "error"
    assert said in result["problem"]


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["components", "type", "name", "purl", "Packages", "Identifier", "group"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=values)
def test_wrong_scans_are_errors_of_their_own(app: Path, found: object) -> None:
    for document in (
        {"bomFormat": "CycloneDX", "components": found},
        {"SchemaVersion": 2, "Results": found},
        {"artifacts": found, "descriptor": {}},
    ):
        written("scan.json", document)
        error = failure(GateUnmeasuredError, lambda: measured_scan(Path("scan.json")))
        assert error is None or "scan.json" in error.message
