"""Scripts that are worth nothing without an interpreter that nobody was seen to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from slimmer.files import name_of
from slimmer.keep.linux.shebang import KERNEL_LIMIT, program_of_env, read_shebang
from slimmer.keep.rule import Context, Want
from slimmer.values import Entry

# Bytes of a script; what is larger is a program of another kind, and is not fetched to see.
_LARGEST = 1_500_000


class AwaitedInterpreters:
    """What to keep once an interpreter is kept to be run, for a reason of its own."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._awaiting: dict[str, list[Want]] = {}

    def interpreter_of(self, program: Entry) -> str:
        """Its real path; empty where this is no script, or one without."""
        if program.size > _LARGEST:
            return ""
        start = self._context.content.head(program.path, KERNEL_LIMIT)
        interpreter, argument = read_shebang(start)
        if name_of(interpreter) == "env":
            interpreter = self._context.programs.find(program_of_env(argument))
        return self._context.index.real_path(interpreter) if interpreter else ""

    def hold(self, interpreter: str, wants: Iterable[Want]) -> None:
        """Hold these back until `released` meets the interpreter."""
        self._awaiting.setdefault(interpreter, []).extend(wants)

    def released(self, fresh: Sequence[Entry]) -> Iterator[Want]:
        """What waited for those of the entries that are kept to be run."""
        for entry in fresh:
            if entry.path in self._awaiting and entry.path not in self._context.bystanders:
                yield from self._awaiting.pop(entry.path)
