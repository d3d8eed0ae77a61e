"""Images that people type into."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from slimmer.files import Package, parent_of
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages.places import (
    DEVELOPERS_TOOLS,
    PROGRAM_FOLDERS,
    asked_for_to_be_run,
)
from slimmer.keep.rules.packages.weight import omissions, weight_of
from slimmer.shell import is_shell
from slimmer.values import Entry, HeavyOmission

# Bytes of one program with the libraries that nobody was seen to load.
_HEAVIEST = 64_000_000
_OPTIONS = frozenset(("-i", "-l", "--login", "-il", "-li"))


class ToolBoxRule(Rule):
    """An image that starts a shell, and nothing in it, has its programs to be typed: a box of tools
    for networks, an image for the jobs of CI. Elsewhere what was installed by name may have been
    there for the build."""

    name = "tool-box"
    summary = (
        "the programs that were installed by name, in images whose own command is a bare shell"
    )
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._is_asked = not _starts_a_bare_shell(context)
        self._left_out: dict[str, int] = {}

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        """In the first round, when ELF headers of what was seen can be read."""
        packages = self.context.request.packages
        if packages is None or self._is_asked:
            return
        self._is_asked = True
        files = packages.files()
        for package, asked_for in asked_for_to_be_run(self.context, packages).items():
            if not {package.name, asked_for.name} & (packages.base | DEVELOPERS_TOOLS):
                scripts_count = package is asked_for
                yield from self._programs(package, files[package], scripts_count=scripts_count)

    def _programs(
        self, package: Package, files: Iterable[str], *, scripts_count: bool
    ) -> Iterable[Want]:
        """Scripts where a package has nothing else: `c_rehash` is worth no Perl."""
        programs = {
            path: entry
            for path in files
            if parent_of(path) in PROGRAM_FOLDERS
            and (entry := self.context.index.resolve(path).entry) is not None
            and is_program(entry)
            and self._is_affordable(entry)
        }
        compiled = {path for path, entry in programs.items() if self._is_compiled(entry)}
        for path in compiled or (programs if scripts_count else ()):
            detail = f"of {package.name}, for whoever types into the shell"
            yield Want(path=path, detail=detail)

    def _is_compiled(self, program: Entry) -> bool:
        return self.context.elf_files.get(program.path) is not None

    def _is_affordable(self, program: Entry) -> bool:
        weight = weight_of(self.context, program, limit=_HEAVIEST)
        if weight > _HEAVIEST:
            self._left_out[program.path] = weight
        return weight <= _HEAVIEST

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        return omissions(self._left_out, kept, why="though it was installed by name")


def _starts_a_bare_shell(context: Context) -> bool:
    config = context.request.config
    words = [*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ())]
    return bool(words) and is_shell(words[0], "") and _OPTIONS.issuperset(words[1:])
