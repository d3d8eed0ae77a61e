"""What a watched container missed, and how it is gathered from the running trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from slimmer.files import name_of
from slimmer.values import Access, Sighting
from slimmer.verify.repair import Gaps

_MOST_PROGRAMS = 100


@dataclass(frozen=True, kw_only=True)
class MissedPath:
    """A path that the original has, the slim image has not, and somebody looked for."""

    path: str
    programs: tuple[str, ...]
    """Who looked for it, the first one first, 100 at most; empty texts where a program was gone
    already."""
    package: str
    """The distribution package that owns it in the original; empty where none does."""
    first_seconds: float
    """From the container's start to the first lookup. How often it was looked up is not known:
    the sensor folds repeats."""


@dataclass(frozen=True, kw_only=True)
class LostEntries:
    """A directory that somebody opened, and that shows less than in the original: who lists it
    may miss something without ever looking it up, as Python does with modules."""

    directory: str
    programs: tuple[str, ...]
    names: tuple[str, ...]
    """What it does not show any more, sorted."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What `slim watch` found."""

    slimmer_version: str
    image: str
    """As the user named it."""
    image_id: str
    original_id: str
    seconds: float
    """From the container's start to its end."""
    exit_status: int | None
    """Of the container's command where it ended by itself."""
    missed: tuple[MissedPath, ...]
    """In the order of their first lookups."""
    listings: tuple[LostEntries, ...]
    """Sorted by directory."""


class Findings:
    """Grows with the trace."""

    def __init__(
        self, gaps: Gaps, *, package: Callable[[str], str], interpreter: Callable[[str], str]
    ) -> None:
        self._gaps = gaps
        self._package = package
        self._interpreter = interpreter
        self._missed: dict[str, MissedPath] = {}
        self._listings: dict[str, LostEntries] = {}

    def add(self, sightings: Iterable[Sighting], seconds: float) -> list[MissedPath]:
        """Look at these uses of paths; returns what was not missed before."""
        fresh = []
        for sighting in sightings:
            for gap in self._gaps.met_by(sighting, self._interpreter):
                known = self._missed.get(gap.path)
                if known is None:
                    known = self._missed[gap.path] = MissedPath(
                        path=gap.path,
                        programs=(sighting.program,),
                        package=self._package(gap.missing[-1]),
                        first_seconds=seconds,
                    )
                    fresh.append(known)
                elif programs := _with(known.programs, sighting.program):
                    self._missed[gap.path] = replace(known, programs=programs)
            if sighting.access is Access.OPEN:
                self._note_listing(sighting)
        return fresh

    def _note_listing(self, sighting: Sighting) -> None:
        lost = self._gaps.in_listing(sighting.path)
        if not lost:
            return
        known = self._listings.get(sighting.path)
        if programs := _with(known.programs if known else (), sighting.program):
            self._listings[sighting.path] = LostEntries(
                directory=sighting.path,
                programs=programs,
                names=tuple(name_of(entry.path) for entry in lost),
            )

    @property
    def missed(self) -> tuple[MissedPath, ...]:
        """In the order of their first lookups."""
        return tuple(self._missed.values())

    @property
    def listings(self) -> tuple[LostEntries, ...]:
        """Sorted by directory."""
        return tuple(self._listings[directory] for directory in sorted(self._listings))


def _with(programs: tuple[str, ...], program: str) -> tuple[str, ...]:
    """The programs with one more; nothing where it is one of them, or they are enough."""
    return () if program in programs or len(programs) >= _MOST_PROGRAMS else (*programs, program)
