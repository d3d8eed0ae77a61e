"""`/bin/sh`, where something kept may call it."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.files import name_of
from slimmer.keep.linux.elf import SHELL_STARTERS
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Want
from slimmer.keep.rules.once import OnceRule
from slimmer.keep.scanning import held_by
from slimmer.values import Entry, EntryType

_SHELL = "/bin/sh"


class ShellRule(OnceRule):
    """`system` and `popen` of the C library start `/bin/sh`, and so do the `exec` of Node, Perl's
    backticks and npm's scripts. No probe that does without shows it."""

    name = "shell"
    summary = "/bin/sh, where a kept program or library may start it"
    strategies = BEYOND_MINIMAL

    def is_asked_by(self, entry: Entry) -> bool:
        if entry.type is not EntryType.FILE or entry.path in self.context.bystanders:
            return False
        elf = self.context.elf_files.get(entry.path)
        if elf is None:
            return False
        if not SHELL_STARTERS.isdisjoint(elf.imports):
            return True
        if not is_program(entry) or name_of(entry.path).startswith(("lib", "ld-")):
            return False
        with self.context.content.open(entry.path) as stream:
            return bool(held_by(stream, [_SHELL.encode()]))

    def content(self, because: str) -> Iterable[Want]:
        yield Want(path=_SHELL, detail=f"{because} may start it", because=because)
