"""Links in the root directory, `/bin` to `usr/bin` and the like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.keep.rule import Context, Rule, Want
from slimmer.values import Entry, EntryType


class RootLinksRule(Rule):
    """Distributions promise that a merged `/usr` has both names for everything in it. A trace shows
    one of them; a script that did not run may say the other (`#!/bin/sh`)."""

    name = "root-links"
    summary = "links of the root directory to kept directories, such as /bin to /usr/bin"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._links: dict[str, list[str]] = {}
        for entry in context.index.children("/"):
            if entry.type is EntryType.SYMLINK:
                target = context.index.real_path(entry.path)
                self._links.setdefault(target, []).append(entry.path)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if entry.type is EntryType.DIRECTORY:
                for link in self._links.get(entry.path, ()):
                    yield Want(
                        path=link, detail=f"another name for {entry.path}", because=entry.path
                    )
