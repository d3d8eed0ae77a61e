"""Shared libraries by the names under which programs open them at run time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from slimmer.files import name_of, parent_of
from slimmer.keep.rule import Context, Want
from slimmer.keep.rules.packages import LIBRARY_FOLDER, weight_of
from slimmer.keep.text_kinds import has_names_of_packages, is_settings
from slimmer.values import Entry

_LARGEST_SETTINGS = 1 << 16
# A value, a key or an item of a list, alone; in a text for people words stand beside each other.
_PART = re.compile(
    r"""(?:^|[\[{,:=(>-])[ \t]*['"]?([A-Za-z][\w+-]*)['"]?[ \t]*(?=$|[\]},:=)<\#])""", re.MULTILINE
)
_COMMENT = re.compile(r"^[ \t]*(?:#|//|;).*", re.MULTILINE)
# Bytes of a library, with its own, of which settings have a part of the name.
_HEAVIEST = 8_000_000
_NAME = re.compile(r"(?:lib)?(?P<stem>[\w+.-]+?)(?:\.so(?:\.[\d.]+)?)?")


class LibrariesByName:
    """Those that lie where loaders look; of one image."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def wanted(self, name: str, source: str) -> Iterable[Want]:
        """All that the name may mean, for a text that has it."""
        for path in self.paths(name):
            yield Want(path=path, detail=f"{source} may open it", because=source)

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
    def stems(self) -> frozenset[str]:
        """`magic` of `libmagic.so.1`, for all of them."""
        return frozenset(name[3:].partition(".so")[0] for name in self.names)

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


class LibrariesOfSettings:
    """`{"libs": {"hash": ["xxhash", 0]}}`, where code of the author's opens `"lib%s.so.%s"`: the
    settings say what. They count once such code is kept."""

    def __init__(self, context: Context, libraries: LibrariesByName) -> None:
        self._context = context
        self._libraries = libraries
        self._settings: list[Entry] = []
        self._are_asked_for = False

    def read(self, entry: Entry, *, composes: bool) -> Iterable[Want]:
        """What follows from one more kept text; `composes`: it puts names of libraries together."""
        self._are_asked_for = self._are_asked_for or composes
        is_short = entry.size <= _LARGEST_SETTINGS and self._context.own_files.contains(entry)
        if is_short and is_settings(entry.path) and not has_names_of_packages(entry.path):
            self._settings.append(entry)
        while self._are_asked_for and self._settings:
            yield from self._named_in(self._settings.pop().path)

    def _named_in(self, settings: str) -> Iterable[Want]:
        text = os.fsdecode(self._context.content.head(settings, _LARGEST_SETTINGS))
        for name in sorted(set(_PART.findall(_COMMENT.sub("", text)))):
            for path in self._libraries.paths(name):
                library = self._context.index.resolve(path).entry
                weight = weight_of(self._context, library, limit=_HEAVIEST) if library else None
                if weight is not None and weight <= _HEAVIEST:
                    detail = f"{settings} has a part of its name"
                    yield Want(path=path, detail=detail, because=settings)
