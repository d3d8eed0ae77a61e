"""Two reports of one scanner, before and after: what is gone, and what is only out of sight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from slimmer.codec import Codec, Keywords
from slimmer.errors import UsageError
from slimmer.evidence.bills import Bill, BilledPackage
from slimmer.evidence.identity import PackageId
from slimmer.evidence.scans import Scan, Weakness
from slimmer.evidence.use import State
from slimmer.words import count

REMOVED: Final = "removed"
HIDDEN: Final = "hidden"
SUPPRESSED: Final = "suppressed"
USED: Final = "used"
UNUSED: Final = "unused"
THERE: Final = "there"
NEW: Final = "new"
FATES: Final = (HIDDEN, NEW, USED, UNUSED, THERE, SUPPRESSED, REMOVED)
"""Those first that somebody has to look at."""
SEVERITIES: Final = ("critical", "high", "medium", "low", "negligible", "")
DOCUMENTS: Final = Codec()
SCHEMA_VERSION: Final = 1
_Fate = Annotated[str, Keywords(words=FATES)]


@dataclass(frozen=True, kw_only=True)
class PackageChange:
    """A package that one of the reports lists."""

    type: str
    """As in package URLs: `deb`, `npm`, …"""
    name: str
    version: str
    fate: _Fate
    """`hidden`: the image has it, and the scanner does not see it any more; `used` and `unused`: it
    is still there, and was opened in the traced run or not; `there`: still there, and no report of
    slimmer says more."""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class WeaknessChange:
    """A weakness that one of the reports lists."""

    id: str
    severity: str = ""
    type: str
    """Type, name and version of the package that has it."""
    name: str
    version: str
    fate: _Fate
    """As of a package; `suppressed`: the scanner was told not to count it, by VEX for one."""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class ScanDiff:
    """What `slim scan-diff` tells."""

    schema_version: Annotated[int, Keywords(minimum=1)] = SCHEMA_VERSION
    scanner: str
    before: str
    """The files as the user named them."""
    after: str
    report: str = ""
    """The report of slimmer that says what is still there; empty where none was given."""
    packages: tuple[PackageChange, ...]
    """Hidden ones first, then by type, name and version."""
    weaknesses: tuple[WeaknessChange, ...]
    """Hidden ones first, then the most severe."""
    notes: tuple[str, ...] = ()

    @property
    def hidden(self) -> int:
        """How many packages and weaknesses are out of sight and not gone."""
        fates = (
            *(each.fate for each in self.packages),
            *(each.fate for each in self.weaknesses),
        )
        return fates.count(HIDDEN)


def scan_diff(
    before: Scan, after: Scan, bill: Bill | None, *, names: tuple[str, str], report: str = ""
) -> ScanDiff:
    """`bill` is slimmer's of the original; None: there is none, and only what the scanner says is
    known. Raises UsageError for reports of different scanners."""
    if before.scanner.partition(",")[0] != after.scanner.partition(",")[0]:
        raise UsageError(
            f"{names[0]} is of {before.scanner} and {names[1]} of {after.scanner}",
            hint="scanners name weaknesses and packages differently: compare two reports of one",
        )
    packages = list(_packages(before, after, bill))
    weaknesses = list(_weaknesses(before, after, bill))
    packages.sort(key=lambda each: (FATES.index(each.fate), each.type, each.name, each.version))
    weaknesses.sort(
        key=lambda each: (FATES.index(each.fate), _rank(each.severity), each.id, each.name)
    )
    return ScanDiff(
        scanner=before.scanner,
        before=names[0],
        after=names[1],
        report=report,
        packages=tuple(packages),
        weaknesses=tuple(weaknesses),
        notes=tuple(_notes(before, after, bill)),
    )


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _packages(before: Scan, after: Scan, bill: Bill | None) -> Iterator[PackageChange]:
    for package in before.components | after.components:
        there = _there(package, bill)
        if package not in before.components:
            fate, why = NEW, ""
        elif package in after.components:
            fate, why = _kept(there), _use(there)
        elif there:
            fate = HIDDEN
            why = f"{_use(there)}; the scanner does not list it any more"
        else:
            fate, why = REMOVED, ""
        yield PackageChange(
            type=package.type, name=package.name, version=package.version, fate=fate, why=why
        )


def _weaknesses(before: Scan, after: Scan, bill: Bill | None) -> Iterator[WeaknessChange]:
    known = {(each.id, each.package): each for each in before.weaknesses}
    now = {(each.id, each.package): each for each in after.weaknesses}
    for key in known | now:
        weakness = now.get(key) or known[key]
        fate, why = _fate(weakness, key in known, key in now, after, bill)
        yield WeaknessChange(
            id=weakness.id,
            severity=weakness.severity,
            type=weakness.package.type,
            name=weakness.package.name,
            version=weakness.package.version,
            fate=fate,
            why=why,
        )


def _fate(
    weakness: Weakness, was: bool, is_there: bool, after: Scan, bill: Bill | None
) -> tuple[str, str]:
    there = _there(weakness.package, bill)
    if is_there:
        if weakness.suppressed:
            return SUPPRESSED, weakness.suppressed
        return (_kept(there), _use(there)) if was else (NEW, _use(there))
    if weakness.suppressed:
        return REMOVED, "it did not count before"
    if weakness.package in after.components:
        return HIDDEN, "the scanner lists the package, and this weakness of it no more"
    if there:
        return HIDDEN, f"{_use(there)}; the scanner does not list the package any more"
    return REMOVED, ""


def _there(package: PackageId, bill: Bill | None) -> list[BilledPackage]:
    found = bill.find(package) if bill is not None else ()
    return [each for each in found if each.state is not State.REMOVED]


def _kept(there: Sequence[BilledPackage]) -> str:
    if not there:
        return THERE
    return USED if any(each.state is State.USED for each in there) else UNUSED


def _use(there: Sequence[BilledPackage]) -> str:
    """`8/278 files in the image, used in boot`."""
    if not there:
        return ""
    used = [each for each in there if each.phases]
    which = (used or there)[0]
    phases = f", used in {', '.join(which.phases[:3])}" if which.phases else ", unused"
    return f"{which.files or 'some'} files in the image{phases}"


def _notes(before: Scan, after: Scan, bill: Bill | None) -> Iterator[str]:
    if bill is None:
        yield (
            "nobody has checked whether the image still has what the scanner does not list any "
            "more: name the report of the build with --report"
        )
    if not (before.lists_packages and after.lists_packages):
        yield (
            "a report lists packages with a weakness only, so of the others nothing is known "
            "(trivy: --list-all-pkgs)"
        )
    if before.components and not after.components:
        yield (
            f"the scanner found {count(len(before.components), 'package')} before and none after: "
            "look whether it was given the slim image"
        )
