"""An image beside its baseline: what is new, what has grown, what is not there any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from slimmer.check.baseline import Baseline
from slimmer.check.document import Change, Growth
from slimmer.xray import PackageShare, Xray

_LONGEST_LIST: Final = 200
_Key = tuple[str, str]


def growth_of(xray: Xray, before: Baseline) -> Growth:
    """The image, and the baseline beside it."""
    changes = tuple(_changes(xray, before))
    ordered = sorted(changes, key=lambda each: (-_grown_by(each), each.type, each.name))
    if len(ordered) > _LONGEST_LIST:  # both ends tell something
        ordered = ordered[: _LONGEST_LIST // 2] + ordered[-_LONGEST_LIST // 2 :]
    told = before.packages is not None
    return Growth(
        baseline=before.place,
        reference=before.reference,
        size=xray.image.size,
        size_before=before.size,
        files=xray.image.files if told else None,
        files_before=before.files,
        packages=len(xray.packages) if told else None,
        packages_before=len(before.packages) if before.packages is not None else None,
        changes=tuple(ordered),
    )


def _grown_by(change: Change) -> int:
    return (change.size or 0) - (change.size_before or 0)


def _changes(xray: Xray, before: Baseline) -> Iterator[Change]:
    if before.packages is None:
        return
    now, then = _by_name(xray.packages), _by_name(before.packages)
    for key in {**now, **then}:
        new, old = now.get(key, []), then.get(key, [])
        change = Change(
            type=key[0],
            name=key[1],
            version=_versions(new),
            version_before=_versions(old),
            size=sum(each.size for each in new) if new else None,
            size_before=sum(each.size for each in old) if old else None,
        )
        if (change.size, change.version) != (change.size_before, change.version_before):
            yield change
    if before.unpackaged is not None and before.unpackaged.size != xray.unpackaged.size:
        yield Change(
            name="files in no package",
            size=xray.unpackaged.size,
            size_before=before.unpackaged.size,
        )


def _by_name(packages: Iterable[PackageShare]) -> dict[_Key, list[PackageShare]]:
    """A package may be installed in several versions."""
    found: defaultdict[_Key, list[PackageShare]] = defaultdict(list)
    for package in packages:
        found[package.type, package.name].append(package)
    return dict(found)


def _versions(packages: Iterable[PackageShare]) -> str:
    return ", ".join(sorted({each.version for each in packages if each.version}))
