"""What a scanner finds less, and whether that is gone: with the real Trivy, and in other forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.errors import UsageError
from slimmer.evidence import (
    PackageId,
    Scan,
    ScanDiff,
    Weakness,
    markdown_lines,
    parse_bill,
    read_scan,
    scan_diff,
    terminal_lines,
)
from tests.unit.evidence.scanner import Scanner
from tests.unit.evidence.test_vex import FLASK, LEFT_PAD, LIBC, RELEASE, TOOL, system
from tests.unit.metadata.original_tree import OriginalTree
from tests.unit.metadata.test_languages import SITE

__all__ = ["system"]
NAMES = ("before.json", "after.json")


def fates(found: ScanDiff) -> dict[str, str]:
    return {each.id: each.fate for each in found.weaknesses}


def scanned(scanner: Scanner, root: Path, file: Path) -> Scan:
    scanner.tree(root, into=file)
    return read_scan(file)


def test_what_is_gone_and_what_is_used_is_told_apart(
    scanner: Scanner, system: OriginalTree, tmp_path: Path
) -> None:
    described = system.describe(
        *("/lib/libc.so.6", f"{SITE}/flask/app.py", *RELEASE),
        uses={"/lib/libc.so.6": ("boot",)},
    )
    before = scanned(scanner, system.root, tmp_path / "before.json")
    after = scanned(scanner, described.slim, tmp_path / "after.json")
    bill = parse_bill(described.bill(), "bill")

    found = scan_diff(before, after, bill, names=NAMES)

    assert fates(found) == {LIBC: "used", FLASK: "unused", TOOL: "removed", LEFT_PAD: "removed"}
    assert found.hidden == 0
    [libc] = [each for each in found.weaknesses if each.id == LIBC]
    assert libc.why == "1/1 files in the image, used in boot"


def test_a_package_whose_description_was_taken_away_is_hidden_and_not_gone(
    scanner: Scanner, system: OriginalTree, tmp_path: Path
) -> None:
    described = system.describe(
        *("/lib/libc.so.6", "/usr/bin/tool", *RELEASE), excludes=("/var/lib/dpkg/status.d/libc6*",)
    )
    before = scanned(scanner, system.root, tmp_path / "before.json")
    after = scanned(scanner, described.slim, tmp_path / "after.json")
    bill = parse_bill(described.bill(), "bill")

    found = scan_diff(before, after, bill, names=NAMES)

    assert fates(found)[LIBC] == "hidden"
    assert next((each.name, each.fate) for each in found.packages) == ("libc6", "hidden")
    assert found.hidden == 2
    assert fates(scan_diff(before, after, None, names=NAMES))[LIBC] == "removed"


LIB = PackageId("deb", "lib", "1")
HIGH = Weakness(id="CVE-1", package=LIB, severity="high")
LOW = Weakness(id="CVE-2", package=LIB, severity="low")


def scan(*weaknesses: Weakness, scanner: str = "Trivy", lists: bool = True) -> Scan:
    return Scan(
        scanner=scanner,
        components=frozenset({LIB}),
        weaknesses=weaknesses,
        lists_packages=lists,
    )


def test_a_weakness_that_is_not_told_of_a_package_that_is_listed_is_hidden() -> None:
    found = scan_diff(scan(HIGH, LOW), scan(HIGH), None, names=NAMES)
    assert fates(found) == {"CVE-1": "there", "CVE-2": "hidden"}


def test_new_ones_and_suppressed_ones_are_named() -> None:
    told = Weakness(id="CVE-1", package=LIB, suppressed="not_affected")
    found = scan_diff(scan(HIGH), scan(told, LOW), None, names=NAMES)
    assert fates(found) == {"CVE-1": "suppressed", "CVE-2": "new"}


def test_reports_of_two_scanners_are_not_compared() -> None:
    with pytest.raises(UsageError, match=r"Trivy and after\.json of Grype"):
        scan_diff(scan(HIGH), scan(HIGH, scanner="Grype"), None, names=NAMES)


def test_an_empty_report_after_is_doubted() -> None:
    nothing = Scan(scanner="Trivy, which found nothing", components=frozenset())
    found = scan_diff(scan(HIGH), nothing, None, names=NAMES)
    assert any("whether it was given the slim image" in note for note in found.notes)


def test_the_worst_stands_first_and_strangers_names_are_escaped() -> None:
    odd = Weakness(id="CVE-<b>", package=PackageId("npm", "@x/y|z\x1b", "1"), severity="critical")
    found = scan_diff(scan(LOW, HIGH, odd), scan(LOW, HIGH, odd), None, names=NAMES)

    text = "\n".join(terminal_lines(found))
    assert text.index("critical") < text.index("high") < text.index("low")
    assert "\x1b" not in text
    table = [line for line in markdown_lines(found) if line.startswith("| there")]
    assert len(table) == 3
    assert "<b>" not in "".join(table)
    assert all(line.count("|") == 6 for line in table), "a name cannot make a cell"
    assert "@" not in "".join(table)


def test_the_sums_come_first() -> None:
    lines = list(terminal_lines(scan_diff(scan(HIGH, LOW), scan(HIGH), None, names=NAMES)))
    assert lines[:2] == ["packages    1 there", "weaknesses  1 there, 1 hidden"]
