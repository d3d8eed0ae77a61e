"""VEX, as the real Trivy takes it. Its weaknesses are hand-made (advisories.py)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from slimmer.evidence import (
    Bill,
    Claims,
    ImageFiles,
    PackageId,
    VexSubject,
    Weakness,
    judge,
    parse_bill,
    read_scan,
    vex_document,
    vex_form,
)
from tests.unit.evidence.scanner import Scanner, findings
from tests.unit.metadata.original_tree import Described, OriginalTree
from tests.unit.metadata.test_dpkg import install
from tests.unit.metadata.test_languages import SITE, distribution, package
from tests.unit.xray.archives import docker_archive, layer

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SLIM = VexSubject(
    reference="registry.example:5000/team/my-app:1-slim", manifest_digest="sha256:" + "a" * 64
)
RELEASE = ("/etc/os-release", "/etc/debian_version")
PAD = "/srv/node_modules/left-pad"
OS_RELEASE = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n'
LIBC, TOOL = "CVE-2026-0001", "CVE-2026-0002"
FLASK, LEFT_PAD = "CVE-2026-0003", "CVE-2026-0004"


@pytest.fixture
def system(original: OriginalTree) -> OriginalTree:
    """With four packages, each of which has a weakness that Trivy is told of."""
    original.add("/etc/os-release", OS_RELEASE)
    original.add("/etc/debian_version", "12.9\n")
    install(
        original,
        {"Package": "libc6", "Source": "glibc (2.36-9)", "/lib/libc.so.6": "code"},
        {"Package": "tool", "/usr/bin/tool": "code", "/usr/bin/other": "code"},
    )
    distribution(original, "Flask", "3.0.3", "flask/app.py")
    package(original, PAD, "left-pad", "index.js", version="1.3.0")
    return original


def kept(described: Described) -> ImageFiles:
    files = {path for path in described.metadata.keep.reasons if _is_file(described, path)}
    return ImageFiles(original=files | {f"{PAD}/package.json"}, kept=frozenset(files))


def _is_file(described: Described, path: str) -> bool:
    return not (described.slim / path.lstrip("/")).is_dir()


def judged(scanner: Scanner, system: OriginalTree, described: Described, scan: Path) -> Claims:
    scanner.tree(system.root, into=scan)
    bill = parse_bill(described.bill(), "bill")
    return judge(read_scan(scan).weaknesses, bill, kept(described))


def claimed(claims: Claims) -> dict[str, str]:
    return {each.weakness.id: each.justification.value for each in claims.claims}


def test_the_scanner_finds_what_the_advisories_say(scanner: Scanner, system: OriginalTree) -> None:
    assert {id for id, _ in findings(scanner.tree(system.root))} == {LIBC, TOOL, FLASK, LEFT_PAD}


@pytest.mark.parametrize("name", ["vex.json", "vex.cdx.json"])
def test_trivy_leaves_out_what_is_gone_and_nothing_else(
    name: str, scanner: Scanner, system: OriginalTree, tmp_path: Path
) -> None:
    described = system.describe("/lib/libc.so.6", "/usr/bin/tool", *RELEASE)
    sbom, vex, scan = tmp_path / "original.cdx.json", tmp_path / name, tmp_path / "scan.json"
    sbom.write_bytes(described.bill())
    assert {id for id, _ in findings(scanner.sbom(sbom, into=scan))} == {LIBC, TOOL, FLASK}
    bill = parse_bill(described.bill(), "bill")
    claims = judge(read_scan(scan).weaknesses, bill, kept(described))

    vex.write_bytes(vex_document(vex_form(vex), claims.claims, SLIM, bill, NOW))

    assert {id for id, _ in findings(scanner.sbom(sbom, "--vex", str(vex)))} == {LIBC, TOOL}


@pytest.mark.parametrize("name", ["vex.json", "vex.cdx.json"])
def test_a_weakness_of_several_packages_is_left_out_of_each_that_is_gone(
    name: str, scanner: Scanner, original: OriginalTree, tmp_path: Path
) -> None:
    """Trivy takes the first statement on a weakness in CycloneDX, and no other."""
    original.add("/etc/os-release", OS_RELEASE)
    original.add("/etc/debian_version", "12.9\n")
    packages = {"libc-a": "/usr/bin/a", "libc6": "/lib/libc.so.6", "libc-z": "/usr/bin/z"}
    install(
        original,
        *(
            {"Package": package, "Source": "glibc (2.36-9)", file: "code"}
            for package, file in packages.items()
        ),
    )
    described = original.describe("/lib/libc.so.6", *RELEASE)
    sbom, vex, scan = tmp_path / "original.cdx.json", tmp_path / name, tmp_path / "scan.json"
    sbom.write_bytes(described.bill())
    assert {package for _, package in findings(scanner.sbom(sbom, into=scan))} == {*packages}
    bill = parse_bill(described.bill(), "bill")
    claims = judge(read_scan(scan).weaknesses, bill, kept(described))

    vex.write_bytes(vex_document(vex_form(vex), claims.claims, SLIM, bill, NOW))

    assert findings(scanner.sbom(sbom, "--vex", str(vex))) == {(LIBC, "libc6")}


def test_the_original_itself_scanned_with_vex_has_only_what_the_slim_image_has(
    scanner: Scanner, system: OriginalTree, tmp_path: Path
) -> None:
    described = system.describe("/lib/libc.so.6", *RELEASE)
    claims = judged(scanner, system, described, tmp_path / "scan.json")
    vex = tmp_path / "vex.json"
    vex.write_bytes(
        vex_document(vex_form(vex), claims.claims, SLIM, Bill(name="", packages=()), NOW)
    )

    after = scanner.tree(system.root, "--vex", str(vex), "--show-suppressed")

    assert {id for id, _ in findings(after)} == {LIBC}
    assert {id for id, _ in findings(scanner.tree(described.slim))} == {LIBC}, "scanned itself"


def test_an_image_scanned_with_vex_has_only_what_the_slim_image_has(
    scanner: Scanner, system: OriginalTree, tmp_path: Path
) -> None:
    files = {
        path.relative_to(system.root).as_posix(): path.read_bytes()
        for path in system.root.rglob("*")
        if path.is_file()
    }
    image, scan, vex = (tmp_path / name for name in ("app.tar", "scan.json", "vex.json"))
    image.write_bytes(docker_archive([layer(files)]))
    described = system.describe("/lib/libc.so.6", *RELEASE)
    bill = parse_bill(described.bill(), "bill")
    assert len(findings(scanner.archive(image, into=scan))) == 4
    claims = judge(read_scan(scan).weaknesses, bill, kept(described)).claims
    vex.write_bytes(vex_document(vex_form(vex), claims, SLIM, bill, NOW))

    assert {id for id, _ in findings(scanner.archive(image, "--vex", str(vex)))} == {LIBC}


def test_only_what_has_no_file_left_is_claimed(
    scanner: Scanner, system: OriginalTree, tmp_path: Path
) -> None:
    described = system.describe("/usr/bin/tool", f"{PAD}/index.js", *RELEASE)
    claims = judged(scanner, system, described, tmp_path / "scan.json")
    assert claimed(claims) == {LIBC: "component_not_present", FLASK: "component_not_present"}
    assert {each.weakness.id: each.why for each in claims.open} == {
        TOOL: "1/2 files are in the image, unused",
        LEFT_PAD: "2/2 files are in the image, unused",
    }


def test_a_package_that_nobody_used_is_not_excused(
    scanner: Scanner, system: OriginalTree, tmp_path: Path
) -> None:
    """That no probe ran the code does not say that nobody can."""
    described = system.describe(f"{SITE}/flask/app.py", *RELEASE)
    claims = judged(scanner, system, described, tmp_path / "scan.json")
    assert FLASK not in claimed(claims)


def test_a_package_of_which_only_its_description_is_left_has_no_code(
    scanner: Scanner, system: OriginalTree, tmp_path: Path
) -> None:
    metadata = f"{SITE}/Flask-3.0.3.dist-info/METADATA"
    described = system.describe(metadata, *RELEASE)
    claims = judged(scanner, system, described, tmp_path / "scan.json")
    assert claimed(claims)[FLASK] == "vulnerable_code_not_present"


BILL = parse_bill(b'{"bomFormat": "CycloneDX", "components": []}', "none")


def weakness(type: str, name: str, version: str, **rest: Any) -> Weakness:
    return Weakness(id="CVE-1", package=PackageId(type, name, version), **rest)


@pytest.mark.parametrize(
    ("place", "is_code", "is_claimed"),
    [
        ("/usr/bin/gone", True, True),
        ("/usr/bin/kept", True, False),
        ("/usr/bin/never-there", True, False),
        ("/srv/node_modules/gone/package.json", False, True),
        ("/srv/node_modules/kept/package.json", False, False),
        ("/srv/site/x.dist-info/METADATA", False, False),
        ("", False, False),
    ],
)
def test_what_slimmer_does_not_know_is_judged_by_the_file_it_was_found_in(
    place: str, is_code: bool, is_claimed: bool
) -> None:
    files = ImageFiles(
        original={
            *("/usr/bin/gone", "/usr/bin/kept", "/srv/site/x.dist-info/METADATA"),
            "/srv/node_modules/gone/package.json",
            "/srv/node_modules/kept/package.json",
        },
        kept={"/usr/bin/kept", "/srv/node_modules/kept/lib/index.js"},
    )
    found = weakness("golang", "stdlib", "1.20", place=place, is_code=is_code)
    claims = judge([found], BILL, files)
    assert bool(claims.claims) is is_claimed
    assert bool(claims.open) is not is_claimed


def test_another_version_that_is_left_is_another_package() -> None:
    document = {
        "bomFormat": "CycloneDX",
        "components": [
            {
                "type": "library",
                "name": "pad",
                "purl": f"pkg:npm/pad@{version}",
                "properties": [{"name": "slimmer:package:use", "value": state}],
            }
            for version, state in (("1", "removed"), ("2", "used"))
        ],
    }
    bill = parse_bill(json.dumps(document).encode(), "bill")
    files = ImageFiles(original=set(), kept=frozenset())
    claims = judge([weakness("npm", "pad", "1"), weakness("npm", "pad", "2")], bill, files)
    assert [each.weakness.package.version for each in claims.claims] == ["1"]


def test_a_document_names_the_image_for_grype_and_the_packages_for_trivy() -> None:
    found = weakness(
        "deb", "libx", "1:2-3", purl="pkg:deb/debian/libx@2-3?arch=amd64&epoch=1&distro=debian-12"
    )
    files = ImageFiles(original={"/bin/x"}, kept=frozenset())
    [claim] = judge([replace(found, place="/bin/x", is_code=True)], BILL, files).claims

    document = json.loads(vex_document("openvex", [claim], SLIM, BILL, NOW))

    [statement] = document["statements"]
    package = {"@id": "pkg:deb/debian/libx@2-3?epoch=1"}
    image = f"pkg:oci/my-app@sha256%3A{'a' * 64}"
    assert statement["products"] == [{"@id": image, "subcomponents": [package]}, package]
    assert statement["justification"] == "component_not_present"
    assert document["timestamp"] == "2026-01-02T00:00:00+00:00"


def test_cyclonedx_vex_is_valid_by_its_own_schema() -> None:
    files = ImageFiles(original={"/bin/x"}, kept=frozenset())
    found = weakness("golang", "x", "1", purl="pkg:golang/x@1", place="/bin/x", is_code=True)
    claims = judge([found], BILL, files).claims
    document = vex_document("cyclonedx", claims, SLIM, BILL, NOW).decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(document) is None
    [told] = json.loads(document)["vulnerabilities"]
    assert told["analysis"]["state"] == "not_affected"
    assert told["affects"] == [{"ref": "pkg:golang/x@1"}]
