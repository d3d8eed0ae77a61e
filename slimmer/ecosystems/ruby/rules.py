"""Ruby: the standard library of the interpreter that ran, and gems that were touched."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from slimmer.ecosystems.awaited import AwaitedFoldersRule
from slimmer.ecosystems.ruby.places import LIBRARY_MARK, gem_folders, name_of_gem
from slimmer.files import is_below, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry, EntryType

_INTERPRETER = re.compile(r"ruby[\d.]*|libruby[\w.-]*\.so[\d.]*")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_GEM = re.compile(r"(?P<home>.*)/gems/(?P<name>[^/]+?-\d[^/]*)(?:/.*)?")
_REQUIRED = re.compile(
    r"""add_(?:runtime_)?dependency\(?\s*(?:%q<|['"])(?P<name>[\w.-]+)(?:>|['"])"""
)
_NO_RUNTIME = re.compile(
    r"(?:test|tests|spec|specs|features|doc|docs|examples?|benchmarks?|sample|ext/.*\.(?:c|h|o|cc|cpp))"
    r"(?:/.*)?|.*\.(?:o|a)|.*\.(?:md|rdoc|markdown)|\.[^/]*(?:/.*)?"
)
_LICENCE = re.compile(r"(?:.*/)?(?:licen[cs]e|copying|mit)[^/]*", re.I)
# Parts of the standard library that nobody requires in passing: they are loaded at the start, by
# bundler's setup for one. A console (`bin/rails console`) is irb, which loads rdoc for its help.
_TOOLS = ("bundler", "debug")
_NOT_LOADED = (".a", ".h", ".o", ".ri")
_LARGEST_SPECIFICATION = 1 << 18


class RubyLibraryRule(AwaitedFoldersRule):
    """`lib/ruby/3.1.0` with what is required on demand (net/http, json, encodings), and the
    specifications of default gems, without which RubyGems does not find those."""

    name = "ruby-library"
    summary = "the standard library of a Ruby that ran, and its default gems, without unused tools"
    strategies = BEYOND_MINIMAL

    def folders(self) -> Iterable[str]:
        for folder in map(parent_of, self.context.named.get(LIBRARY_MARK, ())):
            if _VERSION.fullmatch(name_of(folder)):
                yield folder

    def asked_by(self, entry: Entry) -> Iterable[str]:
        """The interpreter asks for its library as well: a script may start it late."""
        is_interpreter = entry.type is EntryType.FILE and _INTERPRETER.fullmatch(
            name_of(entry.path)
        )
        if is_interpreter and entry.path not in self.context.bystanders:
            return tuple(self.waiting)
        return super().asked_by(entry)

    def content(self, library: str, because: str) -> Iterable[Want]:
        version = name_of(library)
        # Multiarch: compiled parts lie in /usr/lib/TRIPLET/ruby/3.1.0 and vendor_ruby/3.1.0.
        others = (
            path
            for path in self.context.named.get(version, ())
            if "ruby" in parent_of(path) and not is_below(path, library) and "/gems/" not in path
        )
        folders = [library, *others]
        detail = f"standard library of Ruby {version}"
        unused = self._unused_parts()
        for folder in folders:
            for entry in self.context.index.subtree(folder):
                inside = entry.path[len(folder) + 1 :]
                is_gem = inside.startswith("gems/") or "/gems/" in entry.path
                if inside.removesuffix(".rb").partition("/")[0] in unused:
                    continue
                is_for_pages = inside.startswith("rdoc/generator/template/")
                if not is_gem and not is_for_pages and not entry.path.endswith(_NOT_LOADED):
                    yield Want(path=entry.path, detail=detail, because=because, bystander=True)
        for path in self.context.named.get("default", ()):
            if parent_of(path).endswith("/specifications") and f"/{version}/" in path:
                for entry in self.context.index.subtree(path):
                    yield Want(path=entry.path, detail=detail, because=because)
        for path in self.context.named.get("rubygems", ()):
            if "/ruby" in path and "/gems/" not in path:
                for entry in self.context.index.subtree(path):
                    if parent_of(path) != library or "rubygems" not in unused:
                        yield Want(path=entry.path, detail=detail, because=because, bystander=True)

    def _unused_parts(self) -> frozenset[str]:
        unused = {
            tool for tool in _TOOLS if not any(f"/{tool}/" in path for path in self.context.seen)
        }
        # Debian packages RubyGems by itself too, and that comes first on the load path.
        if any(path.endswith("/vendor_ruby/rubygems.rb") for path in self.context.seen):
            unused.add("rubygems")
        return frozenset(unused)


class GemsRule(Rule):
    """A gem is touched when a file of it is kept; bundler reads the specifications of all. It stays
    whole with its compiled extensions, and so do the gems that it depends on."""

    name = "gems"
    summary = "touched Ruby gems whole, with those that they depend on, without specs and docs"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._touched: set[str] = set()
        # Directory of a gem → its kept specification, of which nobody has read the dependencies.
        self._unread: dict[str, Entry] = {}

    @cached_property
    def _specifications(self) -> dict[str, list[str]]:
        """Name without version → specifications of gems of that name, be there a directory of the
        gem or not."""
        found: dict[str, list[str]] = {}
        for name, paths in self.context.named.items():
            if name.endswith(".gemspec"):
                found.setdefault(name_of_gem(name), []).extend(
                    p for p in paths if "/specifications/" in p
                )
        return found

    @cached_property
    def _gems(self) -> Mapping[str, Sequence[str]]:
        return gem_folders(self.context)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            match = _GEM.fullmatch(entry.path) if entry.type is EntryType.FILE else None
            if name_of(entry.path) == "Rakefile":
                yield from self._rake(entry.path)
            elif "/vendor_ruby/" in entry.path and entry.type is EntryType.FILE:
                yield from self._packaged(entry.path)
            elif match:
                folder = f"{match['home']}/gems/{match['name']}"
                if folder not in self._touched and not self._is_extension(match["home"]):
                    yield from self._whole(folder, entry.path)
            elif entry.path.endswith(".gemspec") and "/specifications/" in entry.path:
                self._unread[_folder_of(entry.path)] = entry
        while ready := self._touched & self._unread.keys():
            for folder in sorted(ready):
                yield from self._required_by(self._unread.pop(folder))

    def _rake(self, rakefile: str) -> Iterable[Want]:
        """The tasks of an application (migrations, reports) are run in its container."""
        program = self.context.programs.find("rake")
        if not program or self.context.environments.contains(rakefile):
            return
        yield Want(path=program, detail=f"runs the tasks of {rakefile}", because=rakefile)
        for folder in self._gems.get("rake", ()):
            if folder not in self._touched:
                yield from self._whole(folder, rakefile)

    def _packaged(self, path: str) -> Iterable[Want]:
        """Debian splits a gem: its library goes to vendor_ruby, its specification to a directory
        of RubyGems, by which `gem "sqlite3"` and scanners know it."""
        packages = self.context.request.packages
        owner = packages.owner(path) if packages is not None else None
        if packages is None or owner is None or owner.name in self._touched:
            return
        self._touched.add(owner.name)
        files = packages.files()[owner]
        names = set(map(name_of, files))
        if LIBRARY_MARK in names or not any(name.endswith(".gemspec") for name in names):
            return  # Ruby itself, with or without the gems that come with it
        for file in files:
            if file.endswith(".gemspec") and (gem := _folder_of(file)) not in self.context.index:
                self._touched.add(gem)  # what there is of it lies in vendor_ruby
            if self._is_ruby_program(file) or "/vendor_ruby/" in file or file.endswith(".gemspec"):
                detail = f"part of the gem that the package {owner.name} holds"
                yield Want(path=file, detail=detail, because=path, bystander=True)

    def _is_ruby_program(self, path: str) -> bool:
        """`rails runner` is how an application is looked after whose gem `railties` is there."""
        if parent_of(path) != "/usr/bin" or not self.context.index.is_file(path):
            return False
        self.context.content.fetch([path])
        return self.context.interpreter_named(path).startswith("ruby")

    def _is_extension(self, home: str) -> bool:
        return "/extensions/" in home

    def _whole(self, folder: str, because: str) -> Iterable[Want]:
        self._touched.add(folder)
        home, name = parent_of(parent_of(folder)), name_of(folder)
        detail = f"part of the gem {name}"
        for entry in self.context.index.subtree(folder):
            inside = entry.path[len(folder) + 1 :]
            if not _NO_RUNTIME.fullmatch(inside) or _LICENCE.fullmatch(inside):
                yield Want(path=entry.path, detail=detail, because=because, bystander=True)
        for path in (f"{home}/specifications/{name}.gemspec", *self._extensions(home, name)):
            for entry in self.context.index.subtree(path):
                if not entry.path.endswith((".out", ".log")):
                    yield Want(path=entry.path, detail=detail, because=because)

    def _extensions(self, home: str, name: str) -> Iterable[str]:
        """HOME/extensions/PLATFORM/3.1.0/NAME."""
        for path in self.context.named.get(name, ()):
            if is_below(path, f"{home}/extensions"):
                yield path

    def _required_by(self, specification: Entry) -> Iterable[Want]:
        text = os.fsdecode(self.context.content.head(specification.path, _LARGEST_SPECIFICATION))
        for name in dict.fromkeys(_REQUIRED.findall(text)):
            for gem in self._gems.get(name, ()):
                if gem not in self._touched:
                    yield from self._whole(gem, specification.path)
            for path in self._specifications.get(name, ()):
                yield from self._packaged(path)


def _folder_of(specification: str) -> str:
    """`HOME/gems/rack-3.0` for `HOME/specifications/rack-3.0.gemspec`; it need not be there."""
    name = name_of(specification).removesuffix(".gemspec")
    return f"{parent_of(parent_of(specification))}/gems/{name}"
