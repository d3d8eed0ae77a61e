"""What a lookup meets in the original and not in an image that was made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from slimmer.files import Resolution, RootfsIndex
from slimmer.keep import is_engine_artefact
from slimmer.values import Access, Entry, EntryType, LayerPlan, Sighting


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One lookup that ends earlier in the finished image than in the original."""

    path: str
    """What to ask for to close it: the canonical path of what is missing, or the path as it was
    looked up where that leads over links that are missing too."""
    missing: tuple[str, ...]
    """The original's paths on that way which the finished image has not; the last is what the
    lookup was for."""


class Gaps:
    """Holds a finished image's paths against its original's."""

    def __init__(self, original: RootfsIndex, finished: RootfsIndex) -> None:
        self._original = original
        self._finished = finished

    def at(self, path: str) -> Gap | None:
        """The gap that a lookup of `path` falls into; None where it finds what the original has,
        or where the original has nothing either."""
        walk = self._original.resolve(path)
        steps = _steps(walk)
        if any(is_engine_artefact(step) for step in steps):
            return None
        missing = tuple(step.path for step in steps if self._finished.get(step.path) is None)
        if not missing:
            return None
        # The shortest name under which a walk meets all that is missing.
        for end in (missing[-1], (walk.named or walk.deepest).path):
            met = {step.path for step in _steps(self._original.resolve(end))}
            if met.issuperset(missing):
                return Gap(path=end, missing=missing)
        return Gap(path=path, missing=missing)

    def met_by(
        self, sighting: Sighting, interpreter: Callable[[str], str] = lambda path: ""
    ) -> Iterator[Gap]:
        """The gaps that one use of a path falls into. `interpreter` tells, for a program, the
        loader or interpreter that the kernel looks up by itself: no system call shows that."""
        gap = self.at(sighting.path)
        if gap is not None:
            yield gap
        elif sighting.access is Access.EXECUTE and (loader := interpreter(sighting.path)):
            gap = self.at(loader)
            if gap is not None:
                yield gap

    def in_listing(self, path: str) -> tuple[Entry, ...]:
        """What a listing of the directory shows in the original and not in the finished image;
        nothing where the path is no directory of both."""
        entry = self._original.resolve(path).entry
        if entry is None or entry.type is not EntryType.DIRECTORY:
            return ()
        if self._finished.get(entry.path) is None:
            return ()
        return tuple(
            child
            for child in self._original.children(entry.path)
            if self._finished.get(child.path) is None and not is_engine_artefact(child)
        )


def finished_index(plans: Iterable[LayerPlan]) -> RootfsIndex:
    """The index of an image that is made of these layers."""
    entries = {entry.path: entry for plan in plans for entry in plan.entries}
    return RootfsIndex(entries.values())


def _steps(walk: Resolution) -> tuple[Entry, ...]:
    return walk.way if walk.entry is None else (*walk.way, walk.entry)
