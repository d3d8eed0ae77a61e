"""What the traced run saw, and what it looked for in vain."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from slimmer.keep.rule import Rule, Want
from slimmer.model import Access, EntryType

_DONE = {
    Access.OPEN: "opened",
    Access.EXECUTE: "executed",
    Access.LOOKUP: "looked up",
    Access.CREATE: "created or changed",
}
_SETUID, _SETGID = 0o4000, 0o2000


class TraceRule(Rule):
    """Each sighting, with the way to it. Of a path that does not exist the way alone is kept, up
    to the deepest directory: programs create files in directories that nothing else mentions."""

    name = "trace"
    summary = "every path that was seen while the original ran"

    def begin(self) -> Iterable[Want]:
        for sighting in self.context.request.trace.sightings:
            who = f" by {sighting.program}" if sighting.program else ""
            yield Want(
                path=sighting.path,
                detail=f"{_DONE[sighting.access]}{who} in phase {sighting.phase}",
                even_if_missing=True,
            )

    def notes(self, kept: Collection[str]) -> Iterable[str]:
        """The traced run has no_new_privs: for a non-root user setuid programs stay without
        effect there, so what they would have done as root was not seen."""
        if self.context.request.is_privileged_user:
            return
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
            means = [
                word
                for word, given in (
                    ("setuid", entry.mode & _SETUID),
                    ("setgid", entry.mode & _SETGID and entry.mode & 0o010),
                    ("file capabilities", dict(entry.xattrs).get("security.capability")),
                )
                if given
            ]
            if means:
                yield (
                    f"{entry.path} ({', '.join(means)}) ran without its privileges, since traced "
                    "programs cannot gain any: what it does with them was not seen. "
                    "Keep what it needs with --include."
                )
