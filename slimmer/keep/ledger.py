"""The ledger: which paths are kept, and why.

Every path that a rule asks for is walked over the index as the kernel would, and whatever the
walk meets is kept as well: directories searched and links followed, each with a reason that
names the path it is there for. What `--exclude` covers ends a walk as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set

from slimmer.files import PathGlobs, Resolution, RootfsIndex
from slimmer.keep.engine_paths import is_engine_artefact
from slimmer.keep.rule import Want
from slimmer.values import Entry, EntryType, Reason

REPAIR = "repair"
"""The rule whose word brings what is withheld."""


class Ledger:
    """Grows while rules ask; the parents of every kept path are kept."""

    def __init__(
        self, index: RootfsIndex, excludes: PathGlobs, *, withheld: PathGlobs | None = None
    ) -> None:
        """`withheld` covers what nobody gets but the rule `repair`, and whoever asks after it."""
        self._index = index
        self._globs = excludes
        self._withheld = withheld or PathGlobs(())
        self._fresh: list[Entry] = []
        # Most paths have one reason, and neighbours the same: they share it. Further ones by what
        # makes a reason differ from others of its path, see _kind.
        self._reasons: dict[str, tuple[Reason] | dict[tuple[str, str], Reason]] = {}
        self._last: tuple[Reason] = (Reason(rule="", detail=""),)
        self.excluded: set[str] = set()
        """Where walks ended that would have gone on but for `--exclude`."""
        self.bystanders: set[str] = set()
        """Kept paths that nobody has asked for but as bystanders."""

    @property
    def kept(self) -> Set[str]:
        """All kept paths."""
        return self._reasons.keys()

    def reasons(self, *, beyond: Collection[str] = ()) -> dict[str, tuple[Reason, ...]]:
        """Kept path → reasons in the order in which they came up, sorted by path; without the
        paths in `beyond`."""
        paths = sorted(path for path in self._reasons if path not in beyond)
        return {path: _all_of(self._reasons[path]) for path in paths}

    def take_fresh(self) -> list[Entry]:
        """The entries kept since the last call, in the order in which they came up."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def keep(self, want: Want, rule: str) -> None:
        """Keep what `want` asks for. A path that does not exist, or that is excluded, keeps
        nothing, unless the way to it is asked for; nor does one that is there because of itself."""
        walk = self._index.resolve(want.path)
        if walk.named is None and all(step.path in self._reasons for step in walk.way):
            return  # nothing is there, and the way there is kept
        steps = tuple(self._allowed_steps(walk, repairs=rule == REPAIR))
        named = walk.named
        if named is None or not any(step is named for step in steps):
            if want.even_if_missing:
                self._keep_way_to_nothing(steps, want, rule)
            return
        anchor = named.path
        if anchor == want.because:
            return
        self._note_bystander(want, named, walk.entry)
        leading_link = ""
        for step in steps:
            if step is named:
                self._add(step, Reason(rule=rule, detail=want.detail, because=want.because))
                if step.type is EntryType.SYMLINK:
                    leading_link = anchor
            elif step.path in self._reasons:
                if leading_link and step.type is EntryType.SYMLINK:
                    leading_link = step.path
            elif leading_link and (step.type is EntryType.SYMLINK or step is walk.entry):
                detail = f"{leading_link} links to it"
                self._add(step, Reason(rule="link", detail=detail, because=leading_link))
                if step.type is EntryType.SYMLINK:
                    leading_link = step.path
            else:
                self._add(step, _on_the_way(step, anchor))

    def _note_bystander(self, want: Want, named: Entry, entry: Entry | None) -> None:
        """Whoever is asked for in earnest after all is fresh once more."""
        ends = (named,) if entry is None or entry is named else (named, entry)
        for end in ends:
            if want.bystander:
                if end.path not in self._reasons:
                    self.bystanders.add(end.path)
            elif end.path in self.bystanders:
                self.bystanders.discard(end.path)
                self._fresh.append(end)

    def _allowed_steps(self, walk: Resolution, *, repairs: bool) -> Iterator[Entry]:
        """What the walk meets, in its order, up to where it is excluded or leaves the image."""
        steps = walk.way if walk.entry is None else (*walk.way, walk.entry)
        for step in steps:
            if step.path in self._reasons:  # it was allowed before
                yield step
                continue
            if is_engine_artefact(step):
                return
            if self._globs and self._globs.covers(step.path):
                self.excluded.add(step.path)
                return
            if not repairs and self._withheld.covers(step.path):
                return
            yield step

    def _keep_way_to_nothing(self, steps: tuple[Entry, ...], want: Want, rule: str) -> None:
        if not steps:
            return
        *way, last = steps
        for step in way:
            if step.path not in self._reasons:
                self._add(step, _on_the_way(step, last.path))
        if last.path not in self._reasons:
            detail = f"on the way to {want.path}, which does not exist: {want.detail}"
            self._add(last, Reason(rule=rule, detail=detail, because=want.because))

    def _add(self, entry: Entry, reason: Reason) -> None:
        known = self._reasons.get(entry.path)
        if known is None:
            if reason != self._last[0]:
                self._last = (reason,)
            self._reasons[entry.path] = self._last
            self._fresh.append(entry)
            return
        if isinstance(known, tuple):
            (first,) = known
            if _kind(first) == _kind(reason):
                return
            known = self._reasons[entry.path] = {_kind(first): first}
        known.setdefault(_kind(reason), reason)


def _all_of(known: tuple[Reason] | dict[tuple[str, str], Reason]) -> tuple[Reason, ...]:
    return known if isinstance(known, tuple) else tuple(known.values())


def _on_the_way(step: Entry, anchor: str) -> Reason:
    rule = "link" if step.type is EntryType.SYMLINK else "directory"
    return Reason(rule=rule, detail=f"on the way to {anchor}", because=anchor)


def _kind(reason: Reason) -> tuple[str, str]:
    """One derived reason per rule is enough: libc would have one per program otherwise. The first
    stays, which is the one with the shortest chain."""
    return reason.rule, "" if reason.because else reason.detail
