"""The dynamic loader's own files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.files import name_of
from slimmer.keep.linux.loader_configuration import CACHE, musl_path_files
from slimmer.keep.rule import Rule, Want
from slimmer.values import Entry


class LoaderCacheRule(Rule):
    """Without ld.so.cache, libraries in directories of ld.so.conf (`/usr/local/lib`) are not
    found. Kept with the first dynamic loader, of its own libc only."""

    name = "loader-cache"
    summary = "ld.so.cache and ld.so.preload, or musl's path files"

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            name = name_of(entry.path)
            if name.startswith("ld-musl-"):
                paths = musl_path_files(self.context.index)
            elif name.startswith(("ld-linux", "ld-2.", "ld64.so", "ld.so")):
                paths = [CACHE, "/etc/ld.so.preload"]
            else:
                continue
            for path in paths:
                yield Want(path=path, detail=f"{entry.path} reads it", because=entry.path)
