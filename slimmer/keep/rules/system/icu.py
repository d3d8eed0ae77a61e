"""Unicode and locale data of ICU."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from slimmer.files import name_of
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.trees import tree
from slimmer.values import Entry

_DATA = re.compile(r"icudt\d+[lbe]?\.dat")


class IcuRule(Rule):
    """ICU's data is a library on most systems; Alpine and Node have it as a file, and where it is
    missing dates and numbers fall back to English without a word."""

    name = "icu-data"
    summary = "ICU's data files, if ICU or Node is kept"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._is_kept = False

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if self._is_kept:
            return
        for entry in fresh:
            if name_of(entry.path).startswith(("libicuuc.so", "node")):
                self._is_kept = True
                yield from self._data(entry.path)
                return

    def _data(self, because: str) -> Iterable[Want]:
        for name, paths in self.context.named.items():
            if _DATA.fullmatch(name):
                for path in paths:
                    yield Want(path=path, detail="Unicode and locale data", because=because)
        folder = self.context.request.variables.get("NODE_ICU_DATA", "")
        if folder.startswith("/"):
            for entry in tree(self.context.index, folder):
                yield Want(path=entry.path, detail="named by NODE_ICU_DATA", because=because)
