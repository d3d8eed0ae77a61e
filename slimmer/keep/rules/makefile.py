"""make, which runs the recipes that the application brings along."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.keep.rule import BEYOND_MINIMAL, Rule, Want
from slimmer.keep.text_kinds import is_makefile
from slimmer.values import EntryType

_COMPILERS = ("cc", "gcc", "c++", "clang", "rustc", "go")


class MakefileRule(Rule):
    """`docker exec C make nightly`: who installs make by name into an image without a compiler, and
    has a makefile in WORKDIR, runs tasks with it. Beside a compiler it has built the image."""

    name = "makefile"
    summary = "make, installed by name without a compiler, for a makefile in WORKDIR"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        folder, programs = self.context.request.working_directory, self.context.programs
        if "make" not in self.context.requested_programs or any(map(programs.find, _COMPILERS)):
            return
        for entry in self.context.index.children(folder):
            if entry.type is EntryType.FILE and is_makefile(entry.path):
                detail = f"runs the recipes of {entry.path}"
                yield Want(path=programs.find("make"), detail=detail, because=entry.path)
