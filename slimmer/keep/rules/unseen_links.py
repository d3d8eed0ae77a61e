"""Links to what is kept, by which nobody was seen to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from slimmer.keep.rule import Context, Rule, Want
from slimmer.values import Entry, EntryType, Source, Strategy

_DOCUMENTATION = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/info/")


class UnseenLinksRule(Rule):
    """Links have no content, and no probe tells by which name a later caller comes: Perl looks in
    `/usr/share/perl/5.36`, a script asks for `awk`. With `minimal` they stay where fanotify was the
    only source: it reports real paths, so by which link a program came is not in them."""

    name = "unseen-link"
    summary = "links to kept paths; with `minimal` only where the trace saw no system calls"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        is_minimal = context.request.strategy is Strategy.MINIMAL
        self._links: Mapping[str, Sequence[str]] = {}
        if not is_minimal or Source.NOTIFY not in context.request.trace.sources:
            self._links = context.request.readings.once("links", self._by_target)

    def _by_target(self) -> Mapping[str, Sequence[str]]:
        """Real path → the links that lead there."""
        links: dict[str, list[str]] = {}
        for entry in self.context.index:
            if entry.type is EntryType.SYMLINK and not entry.path.startswith(_DOCUMENTATION):
                links.setdefault(self.context.index.real_path(entry.path), []).append(entry.path)
        return links

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            for link in self._links.get(entry.path, ()):
                yield Want(
                    path=link,
                    detail=f"another name of {entry.path}",
                    because=entry.path,
                    bystander=entry.path in self.context.bystanders,
                )
