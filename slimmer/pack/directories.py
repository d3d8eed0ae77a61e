"""Which layer says what a directory is like: its mode, owner, time and attributes.

What a container sees of a directory is what the topmost layer says that has it. So one layer has
to say it, and those below, which only pass through, say the same whatever the original is. Else a
step that touches `/etc` would change every layer: times of directories are those of the last build.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from slimmer.pack.tar_header import clamped_seconds
from slimmer.values import Entry, EntryType, LayerPlan

DIRECTORIES: Final = "directories"
"""The layer of a debug image that says what directories are like which others pass through."""


def lay_out(
    homes: Mapping[str, int],
    entry: Callable[[str], Entry | None],
    finished: Sequence[float],
) -> list[list[Entry]]:
    """The entries of each layer, sorted by path, parents included.

    `homes`: path → layer, of all that is no directory and of directories with nothing below.
    `finished`: when the last thing was written that a layer holds for its own sake, in seconds
    since the epoch, lowest layer first. A directory that was touched later is left to a layer
    above that was finished later still, or to the topmost.
    """
    layers: list[list[Entry]] = [[] for _ in finished]
    having = {path: 1 << layer for path, layer in homes.items()}
    for path in homes:
        for parent in parents(path):
            if parent in having:
                break
            having[parent] = 0
    # The children of a directory come before it.
    for path in sorted(having, key=os.fsencode, reverse=True):
        bits, found, speaker = having[path], entry(path), -1
        if found is None:
            continue
        if found.type is EntryType.DIRECTORY:
            speaker = bits.bit_length() - 1
            while speaker < len(finished) - 1 and seconds(found) > finished[speaker]:
                speaker += 1
            bits |= 1 << speaker
        for layer, entries in enumerate(layers):
            if bits >> layer & 1:
                entries.append(found if speaker in (layer, -1) else passed_through(found))
        if path != "/":
            having[path.rpartition("/")[0] or "/"] |= bits
    for entries in layers:
        entries.reverse()
    return layers


def plans_above(plan: LayerPlan, finished: float) -> tuple[LayerPlan, ...]:
    """A layer of things from below a finished image's, to be put on top of that: itself, and above
    it one that says what those directories are like which were touched after `finished`."""
    said = {
        entry.path
        for entry in plan.entries
        if entry.type is EntryType.DIRECTORY and seconds(entry) > finished
    }
    if not said:
        return (plan,)
    needed = said | {parent for path in said for parent in parents(path)}
    return (
        replace(
            plan,
            entries=tuple(
                passed_through(entry) if entry.path in said else entry for entry in plan.entries
            ),
        ),
        LayerPlan(
            name=DIRECTORIES, entries=tuple(each for each in plan.entries if each.path in needed)
        ),
    )


def passed_through(entry: Entry) -> Entry:
    """A directory as a layer has it that leaves it to another to say what it is like."""
    return Entry(path=entry.path, type=entry.type, mode=0o755, uid=0, gid=0, size=0, mtime_ns=0)


def seconds(entry: Entry) -> int:
    """When the entry was changed, as layers say it. What was built here and what was pulled differ
    in fractions only."""
    return clamped_seconds(entry.mtime_ns, None)


def parents(path: str) -> Iterator[str]:
    """The directories above a path, the nearest first; none for the root."""
    while path != "/":
        path = path.rpartition("/")[0] or "/"
        yield path
