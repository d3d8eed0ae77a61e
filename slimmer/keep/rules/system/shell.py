"""`/bin/sh`, where something kept may call it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.files import name_of
from slimmer.keep.linux.elf import SHELL_STARTERS
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry, EntryType

_SHELL = "/bin/sh"
_LARGEST_PROGRAM = 256 << 20


class ShellRule(Rule):
    """`system` and `popen` of the C library start `/bin/sh`, and so do the `exec` of Node, Perl's
    backticks and npm's scripts. No probe that does without shows it."""

    name = "shell"
    summary = "/bin/sh, where a kept program or library may start it"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._is_asked = False

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if self._is_asked:
                return
            if entry.type is EntryType.FILE and self._may_start(entry):
                self._is_asked = True
                yield Want(path=_SHELL, detail=f"{entry.path} may start it", because=entry.path)

    def _may_start(self, entry: Entry) -> bool:
        elf = self.context.elf_files.get(entry.path)
        if elf is None or entry.path in self.context.bystanders:
            return False
        if not SHELL_STARTERS.isdisjoint(elf.imports):
            return True
        if not is_program(entry) or name_of(entry.path).startswith(("lib", "ld-")):
            return False
        return _SHELL.encode() in self.context.content.head(entry.path, _LARGEST_PROGRAM)
