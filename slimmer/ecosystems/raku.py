"""Raku: repositories of installed modules, which are found by hashes of their names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slimmer.ecosystems.awaited import AwaitedFoldersRule
from slimmer.ecosystems.interface import Ecosystem
from slimmer.files import name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Want
from slimmer.values import Entry, EntryType

# What every program in Raku begins with.
_SETTING = re.compile(r"CORE(?:\.\w+)?\.setting\.moarvm")
# The directories of a repository: what is there by its name, what it consists of, its text.
_PARTS = ("dist", "short", "sources")
_COMPILED = ".precomp"
_HEAVIEST = 64_000_000


class RakuRepositoriesRule(AwaitedFoldersRule):
    """A repository has a module's name as the hash in `short`, its files as hashes in `sources`,
    `resources` and `precomp`, and `require ::($name)` may ask for any of them. Where one is not
    whole Raku tries to write to it. What it has compiled of an application lies in `.precomp`:
    without that the first request compiles all again, and every one where nobody may write."""

    name = "raku-repositories"
    summary = "repositories of Raku's modules, and what it has compiled of an application"
    strategies = BEYOND_MINIMAL

    def folders(self) -> Iterable[str]:
        index, named = self.context.index, self.context.named
        for path in named.get("short", ()):
            folder = parent_of(path)
            if all(f"{folder}/{part}" in index for part in _PARTS):
                yield folder
        yield from named.get(_COMPILED, ())

    def asked_by(self, entry: Entry) -> Iterable[str]:
        is_setting = entry.type is EntryType.FILE and _SETTING.fullmatch(name_of(entry.path))
        return sorted(self.waiting) if is_setting else ()

    def content(self, folder: str, because: str) -> Iterable[Want]:
        entries = list(self.context.index.subtree(folder))
        if sum(entry.size for entry in entries) > _HEAVIEST:
            return
        is_compiled = name_of(folder) == _COMPILED
        what = "compiled by Raku" if is_compiled else f"part of Raku's repository {folder}"
        for entry in entries:
            yield Want(path=entry.path, detail=what, because=because, bystander=True)


RAKU = Ecosystem(
    name="Raku", sources=(".raku", ".rakumod", ".rakutest", ".p6"), rules=(RakuRepositoriesRule,)
)
