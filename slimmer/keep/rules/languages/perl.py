"""Perl: the modules that kept modules may ask for, and Unicode tables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.shebang import program_of_env, read_shebang
from slimmer.model import Entry, EntryType
from slimmer.rootfs import ancestors, name_of, parent_of

_USED = re.compile(
    r"^\s*(?:use|require|no)\s+(?:(?:base|parent)\s+(?:-norequire,?\s*)?(?:qw\W|['\"])?)?"
    r"(?P<module>[A-Za-z_]\w*(?:::\w+)*)",
    re.MULTILINE,
)
_INSIDE = re.compile(r"\brequire\s+(?P<module>[A-Za-z_]\w*(?:::\w+)*)")
_LARGEST_MODULE = 1 << 20


class PerlModulesRule(Rule):
    """Perl has no list of a distribution's files on most systems, but modules say what they use,
    in functions as well. Each kept module, and each script that was executed, keeps the modules
    that it names; autoloaded pieces and compiled parts go with their module."""

    name = "perl-modules"
    summary = "modules that kept Perl code names, their compiled parts, and Perl's Unicode tables"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tables_are_kept: set[str] = set()

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        """@INC, as far as the image shows it: directories with the pragma `strict`, those that
        hold compiled parts (`auto`), and those of local installations."""
        roots = {parent_of(path) for path in self.context.named.get("strict.pm", ())}
        for path in self.context.named.get("auto", ()):
            if "perl" in path:
                roots.add(parent_of(path))
        for path in ("/usr/share/perl5", "/usr/local/share/perl5", "/etc/perl"):
            if path in self.context.index:
                roots.add(path)
        library = self.context.request.variables.get("PERL5LIB", "")
        roots.update(part for part in library.split(":") if part in self.context.index)
        return tuple(sorted(roots))

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if entry.type is not EntryType.FILE or entry.size > _LARGEST_MODULE:
                continue
            if entry.path in self.context.bystanders:
                continue
            if entry.path.endswith((".pm", ".pl")) or self._is_script(entry):
                yield from self._used_by(entry)
            if entry.path.endswith(".pm"):
                yield from self._parts_of(entry)

    def _is_script(self, entry: Entry) -> bool:
        if not entry.mode & 0o111:
            return False
        interpreter, argument = read_shebang(self.context.content.head(entry.path, 256))
        if name_of(interpreter) == "env":
            interpreter = program_of_env(argument)
        return name_of(interpreter).startswith("perl")

    def _used_by(self, entry: Entry) -> Iterable[Want]:
        text = os.fsdecode(self.context.content.head(entry.path, _LARGEST_MODULE))
        # Behind these there is documentation, or data.
        text = re.split(r"^(?:__END__|__DATA__)", text, maxsplit=1, flags=re.MULTILINE)[0]
        for module in {*_USED.findall(text), *_INSIDE.findall(text)}:
            file = module.replace("::", "/") + ".pm"
            for root in self._roots:
                if f"{root}/{file}" in self.context.index:
                    detail = f"{entry.path} uses {module}"
                    yield Want(path=f"{root}/{file}", detail=detail, because=entry.path)

    def _parts_of(self, module: Entry) -> Iterable[Want]:
        for root in self._roots:
            if root not in ancestors(module.path):
                continue
            inside = module.path[len(root) + 1 :].removesuffix(".pm")
            for other in self._roots:
                for entry in self.context.index.subtree(f"{other}/auto/{inside}"):
                    if entry.type is not EntryType.DIRECTORY and not entry.path.endswith(
                        ".packlist"
                    ):
                        detail = "a compiled or autoloaded part of the module"
                        yield Want(path=entry.path, detail=detail, because=module.path)
            if root not in self._tables_are_kept:
                self._tables_are_kept.add(root)
                for entry in self.context.index.subtree(f"{root}/unicore"):
                    if not entry.path.endswith((".txt", ".html")):
                        detail = "Unicode tables, read for properties and cases"
                        yield Want(path=entry.path, detail=detail, because=module.path)
