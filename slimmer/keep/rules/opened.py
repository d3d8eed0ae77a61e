"""Shared libraries by the names under which programs open them at run time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from slimmer.files import name_of, parent_of
from slimmer.keep.rule import Context
from slimmer.keep.rules.packages import LIBRARY_FOLDER

_NAME = re.compile(r"(?:lib)?(?P<stem>[\w+.-]+?)(?:\.so(?:\.[\d.]+)?)?")


class LibrariesByName:
    """Those that lie where loaders look; of one image."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def paths(self, name: str) -> Iterable[str]:
        """All that `libmagic.so.1`, `libmagic` or the `magic` of `-lmagic` may mean; a full path
        stands for itself, and without an ending for what has one (Guile's and Lisp's `dlopen` add
        it)."""
        if name.startswith("/"):
            return (name,) if ".so" in name else self._without_ending(name)
        match = _NAME.fullmatch(name)
        return self._by_name.get(name) or (self._by_name.get(match["stem"], ()) if match else ())

    def _without_ending(self, path: str) -> Iterable[str]:
        folder, name = self._context.index.real_path(parent_of(path)), name_of(path)
        stem = name.removeprefix("lib")
        return (
            ()
            if stem == name
            else [each for each in self._by_name.get(stem, ()) if parent_of(each) == folder]
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all their files."""
        return frozenset(name for name in self._by_name if name.startswith("lib") and ".so" in name)

    @cached_property
    def _by_name(self) -> dict[str, Sequence[str]]:
        """`libmagic.so.1` and `magic` → the paths of that name."""
        found: dict[str, list[str]] = {}
        for name, paths in self._context.named.items():
            if name.startswith("lib") and ".so" in name:
                for path in paths:
                    if LIBRARY_FOLDER.fullmatch(parent_of(path)):
                        found.setdefault(name, []).append(path)
                        found.setdefault(name[3:].partition(".so")[0], []).append(path)
        return dict(found)
