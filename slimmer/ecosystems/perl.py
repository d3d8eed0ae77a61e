"""Perl: the modules that kept modules may ask for, and Unicode tables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from slimmer.ecosystems.interface import Ecosystem
from slimmer.files import ancestors, is_below, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want, is_settings
from slimmer.values import Entry, EntryType

_USED = re.compile(
    r"(?:^|;)\s*(?:use|require|no)\s+(?:(?:base|parent)\s+(?:-norequire,?\s*)?(?:qw\W|['\"])?)?"
    r"(?P<module>[A-Za-z_]\w*(?:::\w+)*)",
    re.MULTILINE,
)
# A pattern that begins with its letters is searched for ten times faster than one with `\b`.
# `use parent -norequire, 'A'`, `use if $] >= 5.019, 'deprecate'`, `use autouse 'Text::Wrap' => …`.
_BASES = re.compile(
    r"use(?<!\wuse)\s+(?P<pragma>base|parent|if|autouse|aliased|maybe)\b(?P<modules>[^;]*)"
)
# `Pod::Usage` loads "Pod::Text" by a name in a variable.
_NAMED = re.compile(r"""['"]([A-Z]\w*(?:::\w+)+)['"]""")
_FILE = re.compile(r"""require(?<!\wrequire)\s+['"]([\w./-]+\.p[lm])['"]""")
# `require "File/Spec/$module.pm"`, `my $file = "Test2/Event/$_.pm"`: one of those in there.
_FILE_IN = re.compile(r"""\"([A-Za-z]\w*/(?:\w+/)*)\$\w+\.pm\"""")
_MODULE = re.compile(r"[A-Za-z_]\w*(?:::\w+)*")
_INSIDE = re.compile(r"require\s+(?P<module>[A-Za-z_]\w*(?:::\w+)*)")
# A driver that DBI loads by the name in its data source: `dbi:SQLite:dbname=…`.
_DATA_SOURCE = re.compile(r"(?:dbi|DBI):(?P<driver>[A-Za-z]\w*)[:(]")
# `open $f, '<:encoding(Shift_JIS)', …` and `:encoding($charset)` ask for Encode's tables.
_ENCODING = re.compile(r":encoding\((?!\s*(?i:utf-?8))")
# A layer that a module makes: `open $f, '<:via(QuotedPrint)', …`, in PerlIO::via or anywhere.
_VIA = re.compile(r"via(?<=:via)\((?P<module>[A-Za-z_]\w*(?:::\w+)*)\)")
# What Perl loads by itself: for `<*.conf>`, `%!`, `%+`, `open $f, '<', \$text`,
# `binmode $f, ':encoding(x)'`, `sub x : Attribute`, which compiled modules have as well. PerlIO.pm
# is what finds a layer that code names: `open $f, '>:scalar', \$text`.
_LOADED_BY_PERL = (
    *("File/Glob.pm", "Errno.pm", "Tie/Hash/NamedCapture.pm", "PerlIO/scalar.pm"),
    *("PerlIO.pm", "PerlIO/encoding.pm", "IO/File.pm", "Carp.pm", "attributes.pm"),
)
_PERL = re.compile(r"perl[\d.]*|libperl\.so[\d.]*")
# Perl itself, in which modules ask for each other by their names.
_PERL_PACKAGE = re.compile(r"(?:lib)?perl(?:-base|-modules|-libs)?[\d.-]*")
# What begins so is Perl, whatever its name: `jobs.inc`, `handler.t`, a script without `#!` line.
_SAYS_PERL = re.compile(
    rb"(?:[ \t]*(?:#.*)?\r?\n){0,40}[ \t]*"
    rb"(?:use (?:strict|warnings|utf8|v?5[\d._]*|[A-Z]\w*(?:::\w+)*)|package [A-Za-z]\w*(?:::\w+)*)"
    rb"(?:[ \t]+[^;\n]*)?;"
)
_LARGEST_MODULE = 1 << 20
# What is there as a part of a distribution, hundreds of files: tables of a zone or a locale mostly.
_LARGEST_UNSEEN_MODULE = 1 << 16


class PerlModulesRule(Rule):
    """Modules say what they use, in functions as well: each kept module, and each script that was
    executed, keeps the modules that it names; autoloaded pieces and compiled parts go with their
    module. What is loaded by a name that is made up at run time (an encoding, a time zone, a
    parser) lies in the directory of the module's name, in the same distribution, or in one that it
    depends on: where packages of the system hold these, they stay whole."""

    name = "perl-modules"
    summary = "modules that kept Perl code names, with their packages and Perl's Unicode tables"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tables_are_kept: set[str] = set()
        self._whole: set[str] = set()
        self._is_asked_for = False
        self._has_operators = False
        self._waiting: list[Entry] = []

    @cached_property
    def _ran(self) -> bool:
        return any(_PERL.fullmatch(name_of(path)) for path in self.context.seen)

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
        """Where nothing asks for a Perl, a module that lies somewhere asks for nothing; where none
        ran, it asks for what it names alone."""
        self._is_asked_for = self._is_asked_for or any(
            _PERL.fullmatch(name_of(entry.path)) and entry.path not in self.context.bystanders
            for entry in fresh
        )
        if self._is_asked_for:
            fresh, self._waiting = [*self._waiting, *fresh], []
            if not self._has_operators:
                self._has_operators = True
                for root in self._roots:
                    for file in _LOADED_BY_PERL:
                        if f"{root}/{file}" in self.context.index:
                            detail = "Perl itself may load it"
                            yield Want(path=f"{root}/{file}", detail=detail, bystander=True)
        for entry in fresh:
            if entry.type is not EntryType.FILE or entry.size > _LARGEST_MODULE:
                continue
            if entry.path in self.context.bystanders and not self._is_asked_for:
                self._waiting.append(entry)
                continue
            if (
                entry.path.endswith((".pm", ".pl"))
                or self._is_script(entry)
                or self._is_perl(entry)
            ):
                yield from self._used_by(entry)
            if entry.path.endswith(".pm"):
                yield from self._parts_of(entry)
                if not self._is_quiet(entry.path):
                    yield from self._below(entry)
                    yield from self._package_of(entry)

        for source in self.context.inline_code(fresh, "perl"):
            files, used, named = _names_in(source.code)
            for file in files:
                yield from self._found(file, f"{source.where} requires {file}", source.because)
            for module in sorted({*used, *named}):
                file = module.replace("::", "/") + ".pm"
                yield from self._found(file, f"{source.where} uses {module}", source.because)

    def _is_script(self, entry: Entry) -> bool:
        if not entry.mode & 0o111:
            return False
        return self.context.interpreter_named(entry.path).startswith("perl")

    def _is_perl(self, entry: Entry) -> bool:
        """Whether it is Perl that the image's author wrote under another name: `perl jobs.inc`."""
        if not (is_settings(entry.path) and self.context.own_files.contains(entry)):
            return False
        return bool(_SAYS_PERL.match(self.context.content.head(entry.path, 4096)))

    def _used_by(self, entry: Entry) -> Iterable[Want]:
        most = _LARGEST_MODULE if entry.path in self.context.seen else _LARGEST_UNSEEN_MODULE
        files, used, named = self.context.request.readings.once(
            ("perl", entry.path, most), lambda: self._read(entry, most)
        )
        for file in files:
            yield from self._found(file, f"{entry.path} requires {file}", entry.path)
        if self._is_quiet(entry.path):
            # An index of what there is, as Encode::Config has one, loads nothing by itself.
            named = [module for module in named if self._is_small_part(module, entry.path)]
        for module in sorted({*used, *named}):
            file = module.replace("::", "/") + ".pm"
            yield from self._found(file, f"{entry.path} uses {module}", entry.path)

    def _is_quiet(self, path: str) -> bool:
        """Whether no Perl ran, and the module or script is there for others."""
        return not self._ran and path in self.context.bystanders

    def _is_small_part(self, module: str, path: str) -> bool:
        """Whether a module lies deeper in the very folder that its index is in, and has no compiled
        part: `Encode::MIME::Header`, and not the tables of `Encode::JP`."""
        inside = module.replace("::", "/")
        return any(
            parent_of(path) == f"{root}/{inside.partition('/')[0]}"
            and not any(f"{other}/auto/{inside}" in self.context.index for other in self._roots)
            for root in self._roots
        )

    def _is_of_perl(self, path: str) -> bool:
        """Whether this is a module of Perl itself that did not run. What it asks for is for cases
        of its own: `Getopt::Long` has a way to print a manual, which knows encodings of Asia."""
        packages = self.context.request.packages
        owner = packages.owner(path) if packages is not None else None
        is_of_perl = owner is not None and bool(_PERL_PACKAGE.fullmatch(owner.name))
        return is_of_perl and path not in self.context.seen

    def _read(self, entry: Entry, most: int) -> _Names:
        """What the first `most` bytes of a file name."""
        text = os.fsdecode(self.context.content.head(entry.path, most))
        # Behind these there is documentation, or data.
        return _names_in(text.partition("\n__END__")[0].partition("\n__DATA__")[0])

    def _found(self, file: str, detail: str, because: str) -> Iterable[Want]:
        quiet = self._is_quiet(because) or self._is_of_perl(because)
        for root in self._roots:
            path = f"{root}/{file}"
            found = [path] if path in self.context.index else []
            if name_of(path) == "*.pm":
                children = self.context.index.children(parent_of(path))
                found = [each.path for each in children if each.path.endswith(".pm")]
            for each in found:
                yield Want(path=each, detail=detail, because=because, bystander=quiet)

    def _below(self, module: Entry) -> Iterable[Want]:
        """`Encode/*.pm` for an `Encode.pm` that somebody asks for, and tables in the old form,
        which lie among modules without compiled parts: `Unicode/Collate/Locale/sv.pl`."""
        if module.path in self.context.bystanders:
            return
        folder = module.path.removesuffix(".pm")
        inside = next((folder[len(root) :] for root in self._roots if is_below(folder, root)), "")
        beside = {f"{root}{inside}" for root in self._roots} if inside else set()
        for place in sorted({folder, *beside}):
            for entry in self.context.index.children(place):
                if entry.path.endswith(".pl") or (place == folder and entry.path.endswith(".pm")):
                    detail = "beside its module, which may load it by name"
                    yield Want(path=entry.path, detail=detail, because=module.path, bystander=True)

    def _package_of(self, module: Entry) -> Iterable[Want]:
        packages = self.context.request.packages
        owner = packages.owner(module.path) if packages is not None else None
        if packages is None or owner is None or owner.name in self._whole:
            return
        for package in (owner, *packages.dependencies(owner)):
            if package.name in self._whole or _PERL_PACKAGE.fullmatch(package.name):
                continue
            self._whole.add(package.name)
            detail = f"part of the distribution in the package {package.name}"
            for path in packages.files()[package]:
                if any(is_below(path, root) for root in self._roots) and not path.endswith(".pod"):
                    yield Want(path=path, detail=detail, because=module.path, bystander=True)

    def _parts_of(self, module: Entry) -> Iterable[Want]:
        for root in self._roots:
            if root not in ancestors(module.path):
                continue
            inside = module.path[len(root) + 1 :].removesuffix(".pm")
            for other in self._roots:
                for entry in self.context.index.children(f"{other}/auto/{inside}"):
                    if entry.type is not EntryType.DIRECTORY and not entry.path.endswith(
                        ".packlist"
                    ):
                        detail = "a compiled or autoloaded part of the module"
                        yield Want(path=entry.path, detail=detail, because=module.path)
            if root not in self._tables_are_kept and not self._is_quiet(module.path):
                self._tables_are_kept.add(root)
                for entry in self.context.index.subtree(f"{root}/unicore"):
                    if not entry.path.endswith(".html"):
                        detail = "Unicode tables, read for properties and cases"
                        yield Want(path=entry.path, detail=detail, because=module.path)


_Names = tuple[list[str], list[str], list[str]]


def _names_in(text: str) -> _Names:
    """The files that a text requires, the modules that it uses, and those that it names."""
    drivers = (f"DBD::{driver}" for driver in _DATA_SOURCE.findall(text))
    bases = (
        module
        for pragma, modules in _BASES.findall(text)
        for module in (pragma, *_MODULE.findall(modules))
    )
    used = {*_USED.findall(text), *_INSIDE.findall(text), *drivers, *bases}
    if _ENCODING.search(text):
        used.add("Encode")
    for module in _VIA.findall(text):
        used.update(("PerlIO::via", module, f"PerlIO::via::{module}"))
    files = [*_FILE.findall(text), *(f"{folder}*.pm" for folder in _FILE_IN.findall(text))]
    return list(dict.fromkeys(files)), sorted(used), _NAMED.findall(text)


PERL = Ecosystem(name="Perl", sources=(".pl", ".pm"), rules=(PerlModulesRule,))
