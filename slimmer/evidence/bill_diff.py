"""Two bills of materials, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from slimmer.codec import Codec, Keywords
from slimmer.evidence.bills import Bill, BilledPackage
from slimmer.evidence.use import State

BILL_DOCUMENTS: Final = Codec()
ADDED: Final = "added"
GONE: Final = "gone"
CHANGED: Final = "changed"
_CHANGES: Final = (ADDED, CHANGED, GONE)


@dataclass(frozen=True, kw_only=True)
class BillChange:
    """A package that is not the same in both."""

    type: str
    name: str
    change: Annotated[str, Keywords(words=_CHANGES)]
    before: str = ""
    """Its versions, joined with commas; empty where there is none."""
    after: str = ""
    use: str = ""
    """What slimmer says of its use, where it says something: `used`, `unused`, `removed`; in the
    second bill, or where that does not have it, in the first."""


@dataclass(frozen=True, kw_only=True)
class BillDiff:
    """What `slim diff --sbom` tells."""

    schema_version: Annotated[int, Keywords(minimum=1)] = 1
    before: str
    """What the bills are called: images, or files."""
    after: str
    before_packages: int
    """All that the first bill names, what it says was removed among them."""
    after_packages: int
    used_packages: int | None
    """Of the second bill; null where it does not say what was used."""
    changes: tuple[BillChange, ...]
    """By type and name."""


def bill_diff(before: Bill, after: Bill, *, names: tuple[str, str]) -> BillDiff:
    """A package that the second bill marks as removed is not in it; the first is taken whole, so
    that the bill of an original can be compared with that of its slim image."""
    left = _there(after)
    had, has = _by_name(before.packages), _by_name(left)
    told = _by_name(after.packages)
    changes = []
    for key in sorted(had.keys() | has.keys()):
        versions = [_versions(each.get(key, ())) for each in (had, has)]
        if versions[0] == versions[1]:
            continue
        change = CHANGED if key in had and key in has else ADDED if key in has else GONE
        use = _use(told.get(key) or had.get(key) or ())
        changes.append(
            BillChange(
                type=key[0],
                name=key[1],
                change=change,
                before=versions[0],
                after=versions[1],
                use=use,
            )
        )
    used = sum(each.state is State.USED for each in left) if after.has_states else None
    return BillDiff(
        before=before.name or names[0],
        after=after.name or names[1],
        before_packages=len(before.packages),
        after_packages=len(left),
        used_packages=used,
        changes=tuple(changes),
    )


def _there(bill: Bill) -> tuple[BilledPackage, ...]:
    return tuple(each for each in bill.packages if each.state is not State.REMOVED)


def _by_name(
    packages: tuple[BilledPackage, ...],
) -> dict[tuple[str, str], tuple[BilledPackage, ...]]:
    found: dict[tuple[str, str], tuple[BilledPackage, ...]] = {}
    for each in packages:
        key = (each.id.type, each.id.name)
        found[key] = (*found.get(key, ()), each)
    return found


def _versions(packages: tuple[BilledPackage, ...]) -> str:
    """Empty where there is no package: one without a version has a word for that."""
    return ", ".join(sorted({each.id.version or "version unknown" for each in packages}))


def _use(packages: tuple[BilledPackage, ...]) -> str:
    states = {each.state for each in packages}
    return next((state.value for state in State if state in states), "")
