"""Modules that a script of the author's may switch on while the container starts."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from slimmer.files import Package, name_of, parent_of
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Want
from slimmer.keep.rules.once import OnceRule
from slimmer.keep.rules.packages import omissions, weight_of
from slimmer.values import Entry, EntryType, HeavyOmission

_AVAILABLE = "-available"
_LIBRARY = re.compile(r"(?<![\w$}.~/-])/[\w.+-]+(?:/[\w.+-]+)*\.so(?![\w.])")
_COMMENT = re.compile(r"^\s*#.*", re.MULTILINE)
_WORD = re.compile(r"[\w+-]+")
# Bytes of a text that is read, and of one module with the libraries that nobody was seen to load:
# of one that a script names beside the switch, and of one that a variable may mean.
_LARGEST_TEXT = 1 << 16
_HEAVIEST_NAMED = 64_000_000
_HEAVIEST = 3_000_000


class SwitchedModulesRule(OnceRule):
    """`a2enmod ssl` in an entrypoint links a file of mods-available into mods-enabled, and the
    server that starts next loads the module which that names. What is switched on depends on a
    variable as often as not, so all that can be are kept, once something is there to run the
    switch; the program that nobody names, as people may type it, asks for nothing."""

    name = "switched-modules"
    summary = (
        "what files of /etc/*/*-available load, if a script calls the program that enables them"
    )
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._left_out: dict[str, int] = {}
        self._scripts: list[str] = []

    @cached_property
    def _available(self) -> dict[Package, list[str]]:
        """Package → its texts in directories of what can be switched on."""
        found: dict[Package, list[str]] = {}
        for entry in self.context.index.subtree("/etc"):
            if name_of(parent_of(entry.path)).endswith(_AVAILABLE) and self._is_text(entry):
                owner = self._owner(entry.path)
                if owner is not None:
                    found.setdefault(owner, []).append(entry.path)
        return found

    def _owner(self, path: str) -> Package | None:
        packages = self.context.request.packages
        return None if packages is None else packages.owner(path)

    def _is_text(self, entry: Entry) -> bool:
        return entry.type is EntryType.FILE and entry.size <= _LARGEST_TEXT

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if is_program(entry) and self._is_text(entry) and self._owner(entry.path) is None:
                self._scripts.append(entry.path)
        yield from super().follow(fresh)

    def is_asked_by(self, entry: Entry) -> bool:
        if not is_program(entry) or entry.path in self.context.bystanders:
            return False
        if not self._is_text(entry) or entry.path.startswith("/etc/"):
            return False
        return self._owner(entry.path) in self._available and _AVAILABLE in self._text(entry.path)

    def content(self, because: str) -> Iterable[Want]:
        owner = self._owner(because)
        texts = [] if owner is None else self._available[owner]
        self.context.content.fetch((*texts, *self._scripts))
        named = self._named_beside(name_of(because))
        for path in texts:
            limit = _HEAVIEST_NAMED if name_of(path).rpartition(".")[0] in named else _HEAVIEST
            for name in dict.fromkeys(_LIBRARY.findall(_COMMENT.sub("", self._text(path)))):
                module = self.context.index.resolve(name).entry
                if module is None or module.type is not EntryType.FILE:
                    continue
                weight = weight_of(self.context, module, limit=limit)
                if weight > limit:
                    self._left_out[module.path] = weight
                else:
                    detail = f"{path} loads it once {name_of(because)} switches it on"
                    yield Want(path=name, detail=detail, because=because)

    def _named_beside(self, switch: str) -> set[str]:
        """The words of scripts that call the switch."""
        texts = [words for path in self._scripts if switch in (words := self._words(path))]
        return set().union(*texts)

    def _words(self, path: str) -> set[str]:
        return set(_WORD.findall(self._text(path)))

    def _text(self, path: str) -> str:
        self.context.content.fetch([path])
        return os.fsdecode(self.context.content.head(path, _LARGEST_TEXT))

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        return omissions(self._left_out, kept)
