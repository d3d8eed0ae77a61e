"""What the traced run saw, and what it looked for in vain."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from os import strerror

from slimmer.files import is_below, parent_of
from slimmer.keep.programs import is_program, privileges_of
from slimmer.keep.rule import Rule, Want
from slimmer.values import Access, EntryType, Sighting, Strategy

_DONE = {
    Access.OPEN: "opened",
    Access.EXECUTE: "executed",
    Access.LOOKUP: "looked up",
    Access.CREATE: "created or changed",
}


def detail_of(sighting: Sighting) -> str:
    """One phrase for humans."""
    who = f" by {sighting.program}" if sighting.program else ""
    return f"{_DONE[sighting.access]}{who} in phase {sighting.phase}"


class TraceRule(Rule):
    """Each sighting, with the way to it. Of a path that does not exist the way alone is kept, up
    to the deepest directory: programs create files in directories that nothing else mentions."""

    name = "trace"
    summary = "every path that was seen while the original ran"

    def begin(self) -> Iterable[Want]:
        is_minimal = self.context.request.strategy is Strategy.MINIMAL
        for sighting in self.context.request.trace.sightings:
            yield Want(
                path=sighting.path,
                detail=detail_of(sighting),
                even_if_missing=True,
                bystander=not is_minimal and self._is_glimpse(sighting),
            )

    def _is_glimpse(self, sighting: Sighting) -> bool:
        """Whether a link off the PATH was looked at that leads to a program which did not run:
        somebody listed a directory that has `/usr/lib/cpp`. It starts nothing further."""
        if sighting.access is not Access.LOOKUP:
            return False
        link = self.context.index.get(sighting.path)
        if link is None or link.type is not EntryType.SYMLINK:
            return False
        target = self.context.index.resolve(link.path).entry
        return (
            is_program(target)
            and target is not None
            and target.path not in self.context.seen
            and parent_of(link.path) not in self.context.programs.folders
        )

    def notes(self, kept: Collection[str]) -> Iterable[str]:
        yield from self._unreadable()
        request = self.context.request
        if not (request.trace.as_entitled or request.is_privileged_user):
            yield from self._ran_without_privileges()

    def _unreadable(self) -> Iterable[str]:
        """The index has a hole where a file system refused to be read, even with the server's
        capabilities: what was seen there cannot be kept."""
        for path, error in sorted(self.context.index.unreadable.items()):
            sightings = self.context.request.trace.sightings
            if any(is_below(sighting.path, path) for sighting in sightings):
                yield f"{path} was seen but could not be read in the original: {strerror(error)}."

    def _ran_without_privileges(self) -> Iterable[str]:
        """The run was traced under no_new_privs: for a non-root user setuid programs stay without
        effect there, so what they would have done as root was not seen."""
        executed = {
            sighting.path
            for sighting in self.context.request.trace.sightings
            if sighting.access is Access.EXECUTE
        }
        told = set()
        for path in sorted(executed):
            entry = self.context.index.resolve(path).entry
            if entry is None or entry.type is not EntryType.FILE or entry.path in told:
                continue
            told.add(entry.path)
            means = privileges_of(entry)
            if means:
                yield (
                    f"{entry.path} ({', '.join(means)}) ran without its privileges, since this run "
                    "was traced under no_new_privs: what it does with them was not seen. "
                    "Keep what it needs with --include."
                )
