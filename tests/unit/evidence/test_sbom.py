"""The bill of materials: valid by CycloneDX's own schema, complete, and always the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from slimmer.evidence import PackageUse, SbomSubject, State, compose_sbom
from slimmer.metadata import SBOM_PATH, Component
from tests.unit.metadata.original_tree import SUBJECT, OriginalTree
from tests.unit.metadata.test_apk import alpine
from tests.unit.metadata.test_languages import SITE, distribution

LIBZ = Component(
    type="deb",
    namespace="debian",
    name="zlib1g",
    version="1:1.2.13.dfsg-1+b1",
    qualifiers=(("arch", "amd64"), ("distro", "debian-12"), ("upstream", "zlib@1:1.2.13.dfsg-1")),
    kept_files=2,
    total_files=4,
    described_by="/var/lib/dpkg/status.d/zlib1g",
)
TOOL = replace(
    LIBZ, name="tool", version="1", qualifiers=(), kept_files=4, requires=("zlib1g", "gone")
)


def unused(*components: Component) -> list[PackageUse]:
    return [PackageUse(component=each, state=State.UNUSED) for each in components]


def composed(*components: Component, subject: SbomSubject = SUBJECT) -> Any:
    document = compose_sbom(subject, unused(*components), None)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(document.decode()) is None
    return json.loads(document)


def test_a_package_url_says_where_a_package_comes_from() -> None:
    [libz] = composed(LIBZ)["components"]
    assert libz["purl"] == (
        "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1%2Bb1"
        "?arch=amd64&distro=debian-12&upstream=zlib%401:1.2.13.dfsg-1"
    )
    assert libz["evidence"] == {"occurrences": [{"location": "/var/lib/dpkg/status.d/zlib1g"}]}


def test_partial_packages_are_marked() -> None:
    tool, libz = composed(LIBZ, TOOL)["components"]
    assert {each["name"]: each["value"] for each in libz["properties"]} == {
        "slimmer:package:files": "2/4",
        "slimmer:package:partial": "true",
        "slimmer:package:use": "unused",
        "aquasecurity:trivy:SrcName": "zlib",
        "aquasecurity:trivy:SrcVersion": "1:1.2.13.dfsg-1",
    }
    assert "slimmer:package:partial" not in {each["name"] for each in tool["properties"]}


def test_dependencies_are_those_that_are_left() -> None:
    document = composed(LIBZ, TOOL)
    depends = {each["ref"]: each.get("dependsOn", []) for each in document["dependencies"]}
    tool, libz = (each["bom-ref"] for each in document["components"])
    assert depends[tool] == [libz]
    assert set(depends["image"]) == {tool, libz}


def test_the_same_image_gives_the_same_bytes_and_another_one_another_serial_number() -> None:
    first = compose_sbom(SUBJECT, unused(LIBZ, TOOL), None)
    assert compose_sbom(SUBJECT, unused(LIBZ, TOOL), None) == first
    document = json.loads(first)
    assert "timestamp" not in document["metadata"]
    # A set's order would be another one in each process.
    opened = tuple(f"/usr/lib/{number:02}.so" for number in range(20))
    used = PackageUse(component=TOOL, state=State.USED, opened=opened[::-1])
    [tool] = json.loads(compose_sbom(SUBJECT, [used], None))["components"]
    places = [each["location"] for each in tool["evidence"]["occurrences"]]
    assert len(places) > 10
    assert places == sorted(places)
    other = composed(LIBZ, TOOL, subject=replace(SUBJECT, digest="sha256:" + "c" * 64))
    assert other["serialNumber"] != document["serialNumber"]


def test_one_version_at_two_places_is_two_components() -> None:
    other = replace(LIBZ, described_by="/chroot\udcff/var/lib/dpkg/status.d/zlib1g")
    references = [each["bom-ref"] for each in composed(LIBZ, other)["components"]]
    assert len(set(references)) == 2


def test_the_document_in_the_image_names_what_is_there(original: OriginalTree) -> None:
    alpine(original)
    distribution(original, "Flask", "3.0.3", "flask/app.py")
    described = original.describe(
        "/bin/busybox", f"{SITE}/flask/app.py", "/etc/os-release", sbom_in_image=True
    )
    document = json.loads(described.text(SBOM_PATH))
    assert {(each["type"], each["name"]) for each in document["components"]} == {
        ("operating-system", "alpine"),
        ("library", "busybox"),
        ("library", "Flask"),
    }
    assert SBOM_PATH in described.metadata.keep.reasons


def test_the_same_request_gives_the_same_bytes(original: OriginalTree) -> None:
    alpine(original)
    distribution(original, "Flask", "3.0.3", "flask/app.py")
    kept = ("/bin/busybox", f"{SITE}/flask/app.py", "/etc/os-release")
    first, second = (original.describe(*kept, sbom_in_image=True).metadata for _ in range(2))
    assert first == second
