"""What makes a directory a Python environment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from slimmer.files import ancestors, name_of, parent_of
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry


class PythonEnvironmentRule(Rule):
    """`pyvenv.cfg` tells Python where it is; scripts start `bin/python3` as well as `bin/python`,
    or source `bin/activate`. A conda prefix has all of this without `pyvenv.cfg`."""

    name = "python-environment"
    summary = "pyvenv.cfg, activation scripts and names of Python in environments that were used"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._waiting = set(self._environments)

    @cached_property
    def _environments(self) -> frozenset[str]:
        marks = (
            *self.context.named.get("pyvenv.cfg", ()),
            *self.context.named.get("conda-meta", ()),
        )
        return frozenset(map(parent_of, marks))

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if not self._waiting:
            return
        for entry in fresh:
            for folder in self._waiting.intersection(ancestors(entry.path)):
                self._waiting.discard(folder)
                detail = f"the Python environment {folder}"
                for path in (f"{folder}/pyvenv.cfg", f"{folder}/lib64"):
                    yield Want(path=path, detail=detail, because=entry.path)
                for program in self.context.index.children(f"{folder}/bin"):
                    if name_of(program.path).startswith(("python", "activate")):
                        yield Want(path=program.path, detail=detail, because=entry.path)
