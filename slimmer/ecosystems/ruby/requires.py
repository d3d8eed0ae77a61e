"""What Ruby code requires, as its text says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from slimmer.ecosystems.ruby.places import LIBRARY_MARK, gem_folders
from slimmer.files import ancestors, name_of, parent_of
from slimmer.keep import (
    BEYOND_MINIMAL,
    Context,
    Rule,
    Want,
    has_names_of_packages,
    is_settings,
)
from slimmer.values import Entry, EntryType

_REQUIRE = re.compile(
    r"""\b(?:require(?:_relative)?|autoload\s*\(?\s*:\w+\s*,)\s*\(?\s*['"]([\w./-]+)['"]"""
)
# No ending, but maybe the version of Ruby: `irb3.1`.
_COMMAND_NAME = re.compile(r"[^.]+(?<=\d)\.\d+|[^.]+")
# RubyGems writes a script for each command of a gem, which finds the command by these names.
_COMMAND = re.compile(
    r"""\bGem\.(?:activate_)?bin_path\(?\s*['"]([\w.-]+)['"],\s*['"]([\w.-]+)['"]"""
)
# `require name`, `require "store/#{kind}"`: settings may say what is required.
_COMPUTED = re.compile(r"""\brequire\s*\(?\s*(?:[a-z_@$][\w.]*\b|"[^"\n]*\#\{)(?!\s*=)""")
_SETTING = re.compile(r"(?<![\w./:-])[a-z][\w-]*(?:/[\w-]+)*(?![\w./:-]*[\w/])")
_LITERAL = re.compile(r"""['"]([\w/-]+)['"]|%w[(\[{<]([^)\]}>]{1,400})""")
# What begins so is Ruby, whatever its name: `load 'app/main.inc'`.
_SAYS_RUBY = re.compile(
    rb"(?:[ \t]*(?:#(?!!).*)?\r?\n){0,40}"
    rb"(?:require(?:_relative)?[ \t(]+['\"][\w./-]+['\"]|# frozen_string_literal: )"
)
_COMMENT = re.compile(r"^[ \t]*#.*", re.MULTILINE)
_LARGEST_SETTINGS = 1 << 16
_LARGEST_NAMED = 1_000_000
_LARGEST_SOURCE = 1 << 19


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """What one source says."""

    required: tuple[str, ...]
    commands: tuple[tuple[str, str], ...]
    """(gem, command) that a script of RubyGems starts."""
    computes: bool
    """Whether it requires a name that it has computed."""
    literals: str
    """Of which that may be one."""


def _required_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_REQUIRE.findall(text)))


class RubyRequiresRule(Rule):
    """Distributions put libraries into `vendor_ruby`, where no gem says what belongs together. But
    Ruby code says what it requires, in methods as well, and what it autoloads: what is outside of
    the standard library is looked up and kept, wherever it lies."""

    name = "ruby-requires"
    summary = "what kept Ruby code requires, from gems and vendor_ruby"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # Names in settings count once some code of the author's requires what it has computed.
        self._settings: list[Entry] = []
        self._computes = False

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        """$LOAD_PATH with the `lib` of all gems; whatever gem provides a file is touched by it."""
        roots = list(self.context.named.get("vendor_ruby", ()))
        roots += self.context.named.get("site_ruby", ())
        roots += (f"{gem}/lib" for gems in self._gems.values() for gem in gems)
        return tuple(root for root in roots if root in self.context.index)

    @cached_property
    def _gems(self) -> Mapping[str, Sequence[str]]:
        return gem_folders(self.context)

    @cached_property
    def _libraries(self) -> frozenset[str]:
        """What lies here requires nothing that is elsewhere; RubyLibraryRule keeps it whole."""
        named = self.context.named
        marks = named.get(LIBRARY_MARK, ())
        gems = named.get("rubygems.rb", ())
        return frozenset((*map(parent_of, marks), *named.get("rubygems", ()), *gems))

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if not (self._roots or self._gems):
            return
        for entry in fresh:
            if entry.type is not EntryType.FILE or entry.size > _LARGEST_SOURCE:
                continue
            is_own = self.context.own_files.contains(entry)
            if not (entry.path.endswith((".rb", ".ru")) or self._is_script(entry)):
                if not (is_own and entry.size <= _LARGEST_SETTINGS and is_settings(entry.path)):
                    continue
                if not _SAYS_RUBY.match(self.context.content.head(entry.path, 4096)):
                    self._settings.append(entry)
                    continue
            if not self._libraries.isdisjoint((*ancestors(entry.path), entry.path)):
                continue
            source = self._source(entry.path)
            yield from self._required(source.required, entry.path, entry.path)
            yield from self._started(source.commands, entry.path)
            if is_own and source.computes:
                self._computes = True
                yield from self._named(source.literals, entry.path)
        while self._computes and self._settings:
            settings = self._settings.pop()
            if not has_names_of_packages(settings.path):
                text = os.fsdecode(self.context.content.head(settings.path, _LARGEST_SETTINGS))
                yield from self._named(_COMMENT.sub("", text), settings.path)
        for inline in self.context.inline_code(fresh, "ruby"):
            yield from self._required(_required_in(inline.code), inline.where, inline.because)

    def _is_script(self, entry: Entry) -> bool:
        if not _COMMAND_NAME.fullmatch(name_of(entry.path)) or not entry.mode & 0o111:
            return False
        return self.context.interpreter_named(entry.path).startswith("ruby")

    def _source(self, path: str) -> _Source:
        def read() -> _Source:
            text = os.fsdecode(self.context.content.head(path, _LARGEST_SOURCE))
            computes = bool(_COMPUTED.search(text))
            return _Source(
                required=_required_in(text),
                commands=tuple(dict.fromkeys(_COMMAND.findall(text))),
                computes=computes,
                literals=" ".join(map(" ".join, _LITERAL.findall(text))) if computes else "",
            )

        return self.context.request.readings.once(("ruby", path), read)

    def _required(self, names: Iterable[str], where: str, because: str) -> Iterable[Want]:
        for name in names:
            for path in self._find(name, parent_of(because)):
                yield Want(path=path, detail=f"{where} requires {name}", because=because)

    def _started(self, commands: Iterable[tuple[str, str]], script: str) -> Iterable[Want]:
        """`irb` and `rbs` are of gems that came with Ruby. A command that came along itself is
        worth one of those that have the command alone, as the library is the standard one."""
        for gem, command in commands:
            for folder in self._gems.get(gem, ()):
                has_library = f"{folder}/lib" in self.context.index
                if has_library and script in self.context.bystanders:
                    continue
                for path in (f"{folder}/exe/{command}", f"{folder}/bin/{command}"):
                    if path in self.context.index:
                        detail = f"{script} starts the gem's {command}"
                        yield Want(path=path, detail=detail, because=script)

    def _named(self, text: str, where: str) -> Iterable[Want]:
        """`readers: [prime, matrix]`, for `readers.each { |name| require name }`."""
        for name in sorted(set(_SETTING.findall(text))):
            if name.partition("/")[0] not in self._provided:
                continue
            for path in self._find(name, ""):
                parts = self.context.index.subtree(path.removesuffix(".rb"))
                if sum(entry.size for entry in parts) <= _LARGEST_NAMED:
                    yield Want(path=path, detail=f"{where} names {name}", because=where)

    @cached_property
    def _provided(self) -> frozenset[str]:
        """What can be required from outside of the standard library, but for what is below it."""
        children = (entry for root in self._roots for entry in self.context.index.children(root))
        return frozenset(name_of(entry.path).removesuffix(".rb") for entry in children)

    def _find(self, name: str, beside: str) -> Iterable[str]:
        endings = ("",) if name.endswith((".rb", ".so")) else (".rb", ".so")
        for root in (*self._roots, beside):
            for ending in endings:
                if f"{root}/{name}{ending}" in self.context.index:
                    yield f"{root}/{name}{ending}"
                    if root != beside:
                        return
