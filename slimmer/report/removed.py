"""What was removed of the packages that the original's author had installed, by package manager."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from slimmer.ecosystems import Installed
from slimmer.words import count

_NOUNS: Final = {
    "apk": "Alpine package",
    "composer": "Composer package",
    "deb": "Debian package",
    "gem": "Ruby gem",
    "jar": "Java archive",
    "npm": "npm package",
    "pypi": "Python package",
    "rpm": "rpm package",
}
_LONGEST_LIST: Final = 100


def packages_of_type(type: str) -> str:
    """`Debian packages`."""
    return f"{_NOUNS.get(type, f'{type} package')}s"


@dataclass(frozen=True, kw_only=True)
class RemovedPackage:
    """A package of which nothing is left."""

    name: str
    size: int
    """Bytes that it had in the original."""


@dataclass(frozen=True, kw_only=True)
class EcosystemSummary:
    """The packages of one package manager."""

    type: str
    """As in package URLs: `npm`, `pypi`, `gem`, `composer`, `deb`, `apk`, `rpm`; `jar` for Java
    archives."""
    packages: int
    """How many the original has."""
    removed: int
    """Those of them of which nothing is left."""
    removed_size: int
    """Their bytes in the original."""
    largest: tuple[RemovedPackage, ...]
    """Of the removed ones, the largest first."""

    @property
    def headline(self) -> str:
        """`of 41 npm packages 3 were removed`."""
        whole = count(self.packages, _NOUNS.get(self.type, f"{self.type} package"))
        if not self.removed:
            return f"of {whole} none was removed"
        verb = "was" if self.removed == 1 else "were"
        return f"of {whole} {self.removed:,} {verb} removed"


def removed_packages(installed: Iterable[Installed]) -> tuple[EcosystemSummary, ...]:
    """One summary for each package manager, in the order in which they come first."""
    by_type: dict[str, list[Installed]] = {}
    for each in installed:
        by_type.setdefault(each.type, []).append(each)
    summaries = []
    for type, packages in by_type.items():
        gone = [each for each in packages if not each.is_left]
        gone.sort(key=lambda each: (-each.size, each.name))
        summaries.append(
            EcosystemSummary(
                type=type,
                packages=len(packages),
                removed=len(gone),
                removed_size=sum(each.size for each in gone),
                largest=tuple(
                    RemovedPackage(name=each.name, size=each.size) for each in gone[:_LONGEST_LIST]
                ),
            )
        )
    return tuple(summaries)
