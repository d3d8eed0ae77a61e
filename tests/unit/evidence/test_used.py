"""What counts as used, and how bills of materials say it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from slimmer.evidence import State, bill_diff, compose_spdx, parse_bill, read_bill, uses_of
from slimmer.files import RootfsIndex
from slimmer.values import Access, Entry, EntryType, Sighting, Source, Trace
from tests.unit.evidence.scanner import Scanner, findings
from tests.unit.metadata.original_tree import SUBJECT, Described, OriginalTree
from tests.unit.metadata.test_dpkg import install
from tests.unit.metadata.test_languages import SITE, distribution, package

INDEX = RootfsIndex(
    Entry(path=path, type=kind, mode=0o755, uid=0, gid=0, size=1, mtime_ns=0, link_target=target)
    for path, kind, target in (
        ("/", EntryType.DIRECTORY, ""),
        ("/app", EntryType.FILE, ""),
        ("/lib", EntryType.FILE, ""),
        ("/link", EntryType.SYMLINK, "/lib"),
        ("/stat", EntryType.FILE, ""),
    )
)


def seen(path: str, phase: str, access: Access = Access.OPEN) -> Sighting:
    return Sighting(path=path, access=access, phase=phase, program="/app", source=Source.NOTIFY)


def trace(*sightings: Sighting) -> Trace:
    return Trace(
        sources=frozenset(Source),
        missing_sources={},
        phases=("boot", "GET /", "GET /b", "shutdown"),
        sightings=sightings,
        exit_status=None,
        records=len(sightings),
    )


def test_used_is_what_was_opened_or_executed_links_followed() -> None:
    told = trace(
        seen("/link", "GET /b"),
        seen("/app", "boot", Access.EXECUTE),
        seen("/stat", "boot", Access.LOOKUP),
        seen("/", "boot"),
        seen("/missing", "boot"),
        seen("/lib", "shutdown"),
    )
    assert uses_of(told, INDEX, {}) == {"/app": ("boot",), "/lib": ("GET /b", "shutdown")}


def test_files_come_in_the_order_of_their_first_use() -> None:
    told = trace(seen("/app", "GET /"), seen("/stat", "boot"), seen("/lib", "boot"))
    assert list(uses_of(told, INDEX, {})) == ["/stat", "/lib", "/app"]


def test_the_first_probe_counts_as_boot_since_it_is_repeated_until_all_is_ready() -> None:
    told = trace(seen("/lib", "GET /"))
    assert uses_of(told, INDEX, {"GET /": "boot"}) == {"/lib": ("boot",)}


def three_fates(original: OriginalTree) -> Described:
    distribution(original, "Flask", "3.0.3", "flask/app.py", "flask/cli.py")
    distribution(original, "idle", "2", "idle.py")
    distribution(original, "gone", "1", "gone.py")
    return original.describe(
        f"{SITE}/flask/app.py", f"{SITE}/idle.py", uses={f"{SITE}/flask/app.py": ("boot", "GET /")}
    )


def by_name(document: bytes) -> dict[str, Any]:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(document.decode()) is None
    return {each["name"]: each for each in json.loads(document)["components"]}


def properties(component: Any) -> list[tuple[str, str]]:
    told = ((each["name"], each["value"]) for each in component["properties"])
    return [(name.removeprefix("slimmer:package:"), value) for name, value in told]


def test_the_original_s_bill_says_what_became_of_each_package(original: OriginalTree) -> None:
    found = by_name(three_fates(original).bill())

    assert sorted(properties(found["Flask"])) == [
        ("files", "3/4"),
        ("opened", "1"),
        ("partial", "true"),
        ("phase", "GET /"),
        ("phase", "boot"),
        ("use", "used"),
    ]
    places = [each["location"] for each in found["Flask"]["evidence"]["occurrences"]]
    assert f"{SITE}/flask/app.py" in places
    assert ("use", "unused") in properties(found["idle"])
    assert ("use", "removed") in properties(found["gone"])
    assert ("files", "0/3") in properties(found["gone"])
    assert "evidence" not in found["gone"]


def test_what_is_left_of_a_package_may_hold_no_code(original: OriginalTree) -> None:
    place = distribution(original, "meta", "1", "meta/__init__.py", "meta/core.py")
    original.add(f"{SITE}/meta/__init__.py", "")
    described = original.describe(f"{place}/METADATA", f"{SITE}/meta/__init__.py")
    assert ("code", "false") in properties(by_name(described.bill())["meta"])

    described = original.describe(f"{place}/METADATA", f"{SITE}/meta/core.py")
    assert ("code", "false") not in properties(by_name(described.bill())["meta"])


def test_another_copy_of_a_package_that_is_left_is_not_called_removed(
    original: OriginalTree,
) -> None:
    package(original, "/app/node_modules/left-pad", "left-pad", "index.js")
    package(original, "/old/node_modules/left-pad", "left-pad", "index.js")
    described = original.describe("/app/node_modules/left-pad/index.js")
    assert [use.state for use in described.packages] == [State.UNUSED]


def test_two_bills_differ_by_what_is_gone(original: OriginalTree) -> None:
    described = three_fates(original)
    before = parse_bill(described.bill(), "before")
    after = replace(
        before, packages=tuple(p for p in before.packages if p.state is not State.REMOVED)
    )

    found = bill_diff(before, after, names=("a", "b"))

    assert (found.before_packages, found.after_packages, found.used_packages) == (3, 2, 1)
    assert [(each.name, each.change, each.before) for each in found.changes] == [
        ("gone", "gone", "1")
    ]


def test_spdx_is_valid_by_its_own_library_and_says_the_same(
    original: OriginalTree, tmp_path: Path
) -> None:
    described = three_fates(original)
    document = compose_spdx(SUBJECT, described.packages, None, datetime(2026, 1, 2, tzinfo=UTC))
    file = tmp_path / "sbom.spdx.json"
    file.write_bytes(document)

    assert validate_full_spdx_document(parse_file(str(file))) == []
    told = {each.id.name: each for each in read_bill(file).packages}
    cyclonedx = {each.id.name: each for each in parse_bill(described.bill(), "").packages}
    assert set(told) == {"flask", "idle"}, "what was removed is not in the image"
    for name, each in told.items():
        same = cyclonedx[name]
        assert (each.state, each.files, each.purl) == (same.state, same.files, same.purl)
        assert set(each.phases) == set(same.phases)
    again = compose_spdx(SUBJECT, described.packages, None, datetime(2026, 1, 2, tzinfo=UTC))
    assert again == document


def test_trivy_finds_in_spdx_what_it_finds_in_cyclonedx(
    original: OriginalTree, scanner: Scanner, tmp_path: Path
) -> None:
    """Weaknesses of a distribution's packages are filed under their sources, for its release."""
    original.add("/etc/os-release", 'ID=debian\nVERSION_ID="12"\n')
    install(original, {"Package": "libc6", "Source": "glibc (2.36-9)", "/lib/libc.so.6": "code"})
    distribution(original, "Flask", "3.0.3", "flask/app.py")
    described = original.describe("/lib/libc.so.6", f"{SITE}/flask/app.py", "/etc/os-release")
    spdx, cyclonedx = tmp_path / "sbom.spdx.json", tmp_path / "sbom.cdx.json"
    cyclonedx.write_bytes(described.bill())
    spdx.write_bytes(
        compose_spdx(
            SUBJECT, described.packages, described.metadata.system, datetime(2026, 1, 2, tzinfo=UTC)
        )
    )

    found = findings(scanner.sbom(spdx))

    assert found == findings(scanner.sbom(cyclonedx))
    assert {name for _, name in found} == {"libc6", "Flask"}
    assert validate_full_spdx_document(parse_file(str(spdx))) == []
    assert {each.id.name for each in read_bill(spdx).packages} == {"libc6", "flask"}
