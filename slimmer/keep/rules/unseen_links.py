"""Links that a trace without system calls cannot show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.keep.rule import Context, Rule, Want
from slimmer.values import Entry, EntryType, Source


class UnseenLinksRule(Rule):
    """fanotify reports real paths: by which link a program came there is not in them. Where it was
    the only source, every link to what is kept stays. They have no content, so that is cheap."""

    name = "unseen-link"
    summary = "links to kept paths, where the trace saw no system calls"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._links: dict[str, list[str]] = {}
        if Source.NOTIFY in context.request.trace.sources:
            return
        for entry in context.index:
            if entry.type is EntryType.SYMLINK:
                target = context.index.real_path(entry.path)
                self._links.setdefault(target, []).append(entry.path)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            for link in self._links.get(entry.path, ()):
                yield Want(
                    path=link,
                    detail=f"may be the name by which {entry.path} was used",
                    because=entry.path,
                )
