"""What a program or module that nobody was seen to use would bring into the image."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set

from slimmer.keep.library_tables import tables_of
from slimmer.keep.rule import Context
from slimmer.values import Entry, HeavyOmission


def weight_of(
    context: Context, program: Entry, *, limit: int, present: Set[str] = frozenset()
) -> int:
    """Bytes of a program with the libraries that nobody was seen to load, and that are not among
    those that are `present` anyway. Above `limit` nothing more is counted, and of what alone is
    above it nothing is fetched."""
    if program.size > limit:
        return program.size
    context.content.fetch([program.path])
    return program.size + weight_of_libraries(context, program, limit=limit, present=present)


def weight_of_libraries(
    context: Context, entry: Entry, *, limit: int, present: Set[str] = frozenset()
) -> int:
    """Bytes of the libraries that a file is linked to, directly or by others of them, and that
    nobody was seen to load, nor are `present`, with the tables that those read. Above `limit`
    nothing more is counted.

    Headers are read of libraries below the limit alone, so whatever turns out to be too heavy is
    never fetched. The file's own content must be there.
    """
    weight = 0
    counted: set[str] = set()
    pending = [entry.path]
    while pending:
        found = [
            library
            for path in pending
            for library in context.libraries.linked_to(path)
            if library.path not in context.seen and library.path not in present
        ]
        fresh = {library.path: library for library in found if library.path not in counted}
        counted |= fresh.keys()
        weight += sum(library.size for library in fresh.values())
        weight += sum(_weight_of_tables(context, library) for library in fresh)
        if weight > limit:
            break
        pending = list(fresh)
        context.content.fetch(pending)
    return weight


def libraries_of(context: Context, program: Entry) -> frozenset[str]:
    """The libraries that a kept program is linked to, directly or by others of them."""
    found: set[str] = set()
    pending = [program.path]
    while pending:
        context.content.fetch(pending)
        linked = map(context.libraries.linked_to, pending)
        fresh = {library.path for libraries in linked for library in libraries} - found
        found |= fresh
        pending = sorted(fresh)
    return frozenset(found)


def omissions(
    weights: Mapping[str, int],
    kept: Collection[str],
    *,
    why: str = "nothing loaded it; most of it are libraries that it needs",
) -> Iterator[HeavyOmission]:
    """Of modules and programs that were too heavy, those that nothing else has kept. `weights`:
    path → bytes."""
    for path, weight in weights.items():
        if path not in kept:
            yield HeavyOmission(what=path, size=weight, why=why, include=path)


def mentioned_omissions(
    left_out: Mapping[str, tuple[str, int]], kept: Collection[str]
) -> Iterator[HeavyOmission]:
    """The same of programs that a kept text names. `left_out`: path → the text, bytes."""
    for path, (source, weight) in left_out.items():
        if path not in kept:
            yield HeavyOmission(
                what=path, size=weight, why=f"though {source} mentions it", include=path
            )


def _weight_of_tables(context: Context, library: str) -> int:
    """A program of 30 kB that is linked to libmagic brings 8 MB."""
    tables = {entry.path: entry.size for entry in tables_of(context.index, library)}
    return sum(size for path, size in tables.items() if path not in context.seen)
