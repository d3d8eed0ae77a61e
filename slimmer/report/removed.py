"""What was removed of the packages that the original's author had installed, by package manager."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from slimmer.ecosystems import Installed
from slimmer.evidence import Uses, is_used
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
    return f"{package_of_type(type)}s"


def package_of_type(type: str) -> str:
    """`Debian package`; `package` where no type is told."""
    return _NOUNS.get(type, f"{type} package".lstrip())


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
    asked_for: tuple[str, ...] = ()
    """Of the removed ones, those that the image's author asked for by name, and not to build
    with, unless another one of those tools is left. A distribution's alone; those of languages are
    in `unused_packages`."""
    used: int | None = None
    """Those that are left of which a file was opened in the traced run; null in reports of
    before."""

    @property
    def headline(self) -> str:
        """`of 192 Debian packages 158 were removed; 34 stay, 21 were used`."""
        whole = count(self.packages, package_of_type(self.type))
        gone = f"{self.removed:,}" if self.removed else "none"
        text = f"of {whole} {gone} {'were' if self.removed > 1 else 'was'} removed"
        left = self.packages - self.removed
        if self.used is None or not left:
            return text
        stay = f"{left:,} {'stays' if left == 1 else 'stay'}, " if self.removed else ""
        used = f"{self.used:,}" if self.used else "none"
        return f"{text}; {stay}{used} {'were' if self.used > 1 else 'was'} used"


def removed_packages(
    installed: Iterable[Installed], uses: Uses | None = None
) -> tuple[EcosystemSummary, ...]:
    """One summary for each package manager, in the order in which they come first. Without `uses`
    it is not told what was used."""
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
                asked_for=tuple(sorted(each.name for each in gone if each.is_asked_for)),
                used=None
                if uses is None
                else sum(each.is_left and is_used(each, uses) for each in packages),
                largest=tuple(
                    RemovedPackage(name=each.name, size=each.size) for each in gone[:_LONGEST_LIST]
                ),
            )
        )
    return tuple(summaries)
