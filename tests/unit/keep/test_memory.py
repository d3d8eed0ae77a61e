"""What a decision holds in memory for each file of a large image, all of which are kept."""

from __future__ import annotations

import gc
import io
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from slimmer.ecosystems import DEPENDENCY_FOLDERS, RULEBOOK
from slimmer.files import RootfsIndex
from slimmer.keep import KeepRequest, decide
from slimmer.pack import plan_layers
from slimmer.values import Entry, EntryType, Strategy, Trace

FILES = 3_000
MOST_BYTES = 1000
"""For one file, at the peak, with its entry in the index: 640 of them. A second copy of the index,
or a dictionary for each file, is above it."""


class Texts:
    """A values.Content in which all files are the same."""

    def fetch(self, paths: Iterable[str]) -> None:
        for _ in paths:
            continue

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(b"a text\n")

    def head(self, path: str, size: int) -> bytes:
        return b"a text\n"[:size]


def entries() -> Iterator[Entry]:
    for path in ("/", "/usr", "/usr/share", "/usr/share/data"):
        yield entry(path, EntryType.DIRECTORY)
    for folder in range(FILES // 100):
        yield entry(f"/usr/share/data/folder-{folder}", EntryType.DIRECTORY)
        for number in range(100):
            yield entry(f"/usr/share/data/folder-{folder}/file-{folder}-{number}", EntryType.FILE)


def entry(path: str, type: EntryType) -> Entry:
    return Entry(path=path, type=type, mode=0o644, uid=0, gid=0, size=7, mtime_ns=10**18)


def test_of_each_kept_file_there_is_little_in_memory() -> None:
    trace = Trace(
        sources=frozenset(), missing_sources={}, phases=("boot",), sightings=(), exit_status=0,
        records=0,
    )  # fmt: skip
    gc.collect()
    tracemalloc.start()
    try:
        index = RootfsIndex(entries())
        request = KeepRequest(
            index=index,
            content=Texts(),
            trace=trace,
            config={},
            strategy=Strategy.BALANCED,
            includes=("/usr/share/data",),
        )
        kept = decide(request, RULEBOOK).reasons
        layers = plan_layers(
            index.get, kept, lambda path: None, dependency_folders=DEPENDENCY_FOLDERS
        ).layers
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(len(layer.entries) for layer in layers) > FILES
    assert peak / FILES < MOST_BYTES
