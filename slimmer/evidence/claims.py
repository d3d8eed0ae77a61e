"""What may be said of a weakness in the original, as the slim image is: the judgement behind VEX.

Nothing is claimed but what the files say. That no probe ran some code is no evidence that nobody
can reach it, so no claim comes from the trace.
"""

from __future__ import annotations

import enum
from collections.abc import Container, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Final

from slimmer.evidence.bills import Bill, BilledPackage
from slimmer.evidence.scans import Weakness
from slimmer.evidence.use import State
from slimmer.files import is_below

_MANIFEST: Final = "/package.json"


class Justification(enum.Enum):
    """Why the image is not affected, in OpenVEX's words."""

    COMPONENT_NOT_PRESENT = "component_not_present"
    CODE_NOT_PRESENT = "vulnerable_code_not_present"


@dataclass(frozen=True, kw_only=True)
class ImageFiles:
    """What the original has, and what of it the slim image has."""

    original: Container[str]
    kept: Set[str]
    """Files and links, no directories."""

    def has_below(self, folder: str) -> bool:
        """Whether the slim image has a file in this folder, however deep."""
        return any(is_below(path, folder) for path in self.kept)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The slim image is not affected by this weakness."""

    weakness: Weakness
    purls: tuple[str, ...]
    """The package, in each spelling in which scanners may look for it; without qualifiers."""
    reference: str
    """Of the package in the original's SBOM; empty where that does not name it."""
    justification: Justification
    why: str
    """A sentence."""


@dataclass(frozen=True, kw_only=True)
class OpenWeakness:
    """Nothing can be claimed."""

    weakness: Weakness
    state: State | None
    """Of the package; None where slimmer does not know it."""
    why: str
    """A sentence."""


@dataclass(frozen=True, kw_only=True)
class Claims:
    """The weaknesses of a scan, judged."""

    claims: tuple[Claim, ...]
    open: tuple[OpenWeakness, ...]


def judge(weaknesses: Iterable[Weakness], bill: Bill, files: ImageFiles) -> Claims:
    """`bill` is slimmer's of the original. What the scanner does not count itself is left out."""
    claims, left = [], []
    for weakness in dict.fromkeys(weaknesses):
        if not weakness.suppressed:
            verdict = _judged(weakness, bill, files)
            if isinstance(verdict, Claim):
                claims.append(verdict)
            else:
                left.append(verdict)
    return Claims(claims=tuple(claims), open=tuple(left))


def _judged(weakness: Weakness, bill: Bill, files: ImageFiles) -> Claim | OpenWeakness:
    found = bill.find(weakness.package)
    there = [each for each in found if each.state is not State.REMOVED]
    if any(each.has_code for each in there):
        used = [each for each in there if each.state is State.USED]
        state = State.USED if used else State.UNUSED
        return OpenWeakness(weakness=weakness, state=state, why=_still_there(used or there))
    if there:
        why = "all that is left of the package is what describes it, and empty files"
        return _claim(weakness, there, Justification.CODE_NOT_PRESENT, why)
    if found and all(each.id.version for each in found):
        why = "no file of the package is in the image"
        return _claim(weakness, found, Justification.COMPONENT_NOT_PRESENT, why)
    return _judged_by_place(weakness, found, files)


def _judged_by_place(
    weakness: Weakness, found: Sequence[BilledPackage], files: ImageFiles
) -> Claim | OpenWeakness:
    """Where slimmer does not know the package in this version, but the scanner says where it is."""
    place = weakness.place
    is_known = place != "" and place in files.original
    if is_known and weakness.is_code and place not in files.kept:
        why = f"{place}, the file that it is in, is not in the image"
        return _claim(weakness, found, Justification.COMPONENT_NOT_PRESENT, why)
    folder = place.removesuffix(_MANIFEST)
    if is_known and folder != place and not files.has_below(folder):
        why = f"no file of its folder {folder} is in the image"
        return _claim(weakness, found, Justification.COMPONENT_NOT_PRESENT, why)
    if is_known and (weakness.is_code or folder != place):
        why = f"files of it are in the image: {place if weakness.is_code else folder}"
        return OpenWeakness(weakness=weakness, state=State.UNUSED, why=why)
    why = "slimmer does not know this package in this version"
    return OpenWeakness(weakness=weakness, state=None, why=why)


def _claim(
    weakness: Weakness, packages: Sequence[BilledPackage], reason: Justification, why: str
) -> Claim:
    purls = (weakness.purl, *(each.purl for each in packages if each.id.version))
    return Claim(
        weakness=weakness,
        purls=tuple(dict.fromkeys(map(_plain, filter(None, purls)))),
        reference=packages[0].reference if packages else "",
        justification=reason,
        why=why,
    )


def _still_there(packages: Sequence[BilledPackage]) -> str:
    told = []
    for each in packages:
        phases = f", used in {', '.join(each.phases[:3])}" if each.phases else ", unused"
        told.append(f"{each.files or 'some'} files are in the image{phases}")
    return "; ".join(dict.fromkeys(told))


def _plain(purl: str) -> str:
    """Without what scanners disagree on. The epoch is part of the version, wherever it stands."""
    path, _, rest = purl.partition("#")[0].partition("?")
    epoch = [each for each in rest.split("&") if each.startswith("epoch=")]
    return "?".join((path, *epoch))
