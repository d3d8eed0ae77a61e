"""Interpreters of scripts: the kernel's `#!`, and the program behind `env`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.files import name_of, parent_of
from slimmer.keep.linux.shebang import KERNEL_LIMIT, program_of_env, read_shebang
from slimmer.keep.programs import is_program
from slimmer.keep.rule import Context, Rule, Want
from slimmer.values import Entry


class ShebangRule(Rule):
    """Only executable files have an interpreter; a module that is merely read has none."""

    name = "shebang"
    summary = "the interpreter that a kept script names, also by way of env"

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if not is_program(entry) or is_of_a_bystander(self.context, entry):
                continue
            interpreter, argument = read_shebang(
                self.context.content.head(entry.path, KERNEL_LIMIT)
            )
            if not interpreter:
                continue
            yield Want(path=interpreter, detail=f"{entry.path} is its script", because=entry.path)
            if name_of(interpreter) == "env":
                program = self.context.programs.find(program_of_env(argument))
                if program:
                    yield Want(
                        path=program,
                        detail=f"{entry.path} is its script, by way of env",
                        because=entry.path,
                    )


def is_of_a_bystander(context: Context, script: Entry) -> bool:
    """Whether a script is kept for what surrounds it, and is no program that somebody calls by its
    name, nor one of the author's own: in the middle of a package of another language nobody starts
    it."""
    if script.path not in context.bystanders or context.own_files.contains(script):
        return False
    return parent_of(script.path) not in context.programs.folders
