"""Whole directory trees of an image, as programs see them: through links."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.files import RootfsIndex, is_below
from slimmer.values import Entry, EntryType


def tree(index: RootfsIndex, path: str) -> Iterator[Entry]:
    """The entry that `path` leads to and all below it; nothing where it leads nowhere.

    A link in the tree to a directory outside of it is entered as well (Java's `conf` is one to
    /etc), each tree once, but never one that holds the tree itself: a link to `/` is no content.
    """
    top = index.resolve(path).entry
    if top is None:
        return
    entered = [top.path]
    position = 0
    while position < len(entered):
        for entry in index.subtree(entered[position]):
            yield entry
            if entry.type is EntryType.SYMLINK:
                target = index.resolve(entry.path).entry
                if (
                    target is not None
                    and target.type is EntryType.DIRECTORY
                    and not any(is_below(target.path, known) for known in entered)
                    and not any(is_below(known, target.path) for known in entered)
                ):
                    entered.append(target.path)
        position += 1
