"""Ruby: the standard library of the interpreter that ran, and gems that were touched."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from slimmer.ecosystems.awaited import AwaitedFoldersRule
from slimmer.files import ancestors, is_below, name_of, parent_of
from slimmer.keep import (
    BEYOND_MINIMAL,
    Context,
    Rule,
    Want,
    has_names_of_packages,
    interpreter_of_script,
    is_settings,
)
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
_REQUIRE = re.compile(
    r"""\b(?:require(?:_relative)?|autoload\s*\(?\s*:\w+\s*,)\s*\(?\s*['"]([\w./-]+)['"]"""
)
# What RubyGems puts into /usr/bin: it loads the program proper, which lies in the gem.
_STUB = re.compile(
    r"""\b(?:activate_)?bin_path\(\s*['"](?P<gem>[\w.-]+)['"]\s*,\s*['"](?P<program>[\w.-]+)['"]"""
)
_PROGRAM_FOLDERS = ("exe", "bin", "libexec")
# `require name`, `require "store/#{kind}"`: settings may say what is required.
_COMPUTED = re.compile(r"""\brequire\s*\(?\s*(?:[a-z_@$][\w.]*\b|"[^"\n]*\#\{)(?!\s*=)""")
_SETTING = re.compile(r"(?<![\w./:-])[a-z][\w-]*(?:/[\w-]+)*(?![\w./:-]*[\w/])")
_LITERAL = re.compile(r"""['"]([\w/-]+)['"]|%w[(\[{<]([^)\]}>]{1,400})""")
_COMMENT = re.compile(r"^[ \t]*#.*", re.MULTILINE)
_HAS_ENDING = re.compile(r"\.(?!\d)")
_LARGEST_SETTINGS = 1 << 16
_LARGEST_NAMED = 1_000_000
# Parts of the standard library that nobody requires in passing: they are loaded at the start, by
# bundler's setup for one. A console (`bin/rails console`) is irb, which loads rdoc for its help.
_TOOLS = ("bundler", "debug")
_NOT_LOADED = (".a", ".h", ".o", ".ri")
_LARGEST_SOURCE = 1 << 19
_LARGEST_SPECIFICATION = 1 << 18


class RubyLibraryRule(AwaitedFoldersRule):
    """`lib/ruby/3.1.0` with what is required on demand (net/http, json, encodings), and the
    specifications of default gems, without which RubyGems does not find those."""

    name = "ruby-library"
    summary = "the standard library of a Ruby that ran, and its default gems, without unused tools"
    strategies = BEYOND_MINIMAL

    def folders(self) -> Iterable[str]:
        for folder in map(parent_of, self.context.named.get("English.rb", ())):
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
        roots += self._gem_roots
        return tuple(root for root in roots if root in self.context.index)

    @cached_property
    def _gem_roots(self) -> tuple[str, ...]:
        return tuple(
            f"{gem.path}/lib"
            for path in self.context.named.get("gems", ())
            for gem in self.context.index.children(path)
        )

    @cached_property
    def _libraries(self) -> frozenset[str]:
        """What lies here requires nothing that is elsewhere; RubyLibraryRule keeps it whole."""
        named = self.context.named
        marks = named.get("English.rb", ())
        gems = named.get("rubygems.rb", ())
        return frozenset((*map(parent_of, marks), *named.get("rubygems", ()), *gems))

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if not (self._roots or self._gem_roots):
            return
        for entry in fresh:
            if entry.type is not EntryType.FILE or entry.size > _LARGEST_SOURCE:
                continue
            is_own = self.context.own_files.contains(entry)
            if not (entry.path.endswith((".rb", ".ru")) or self._is_script(entry)):
                if is_own and entry.size <= _LARGEST_SETTINGS and is_settings(entry.path):
                    self._settings.append(entry)
                continue
            if not self._libraries.isdisjoint((*ancestors(entry.path), entry.path)):
                continue
            text = os.fsdecode(self.context.content.head(entry.path, _LARGEST_SOURCE))
            yield from self._required_in(text, entry.path, entry.path)
            yield from self._loaded_by_stub(text, entry)
            if is_own and _COMPUTED.search(text):
                self._computes = True
                words = [" ".join(found) for found in _LITERAL.findall(text)]
                yield from self._named(" ".join(words), entry.path)
        while self._computes and self._settings:
            settings = self._settings.pop()
            if not has_names_of_packages(settings.path):
                text = os.fsdecode(self.context.content.head(settings.path, _LARGEST_SETTINGS))
                yield from self._named(_COMMENT.sub("", text), settings.path)
        for source in self.context.inline_code(fresh, "ruby"):
            yield from self._required_in(source.code, source.where, source.because)

    def _is_script(self, entry: Entry) -> bool:
        if _HAS_ENDING.search(name_of(entry.path)) or not entry.mode & 0o111:
            return False
        interpreter, _ = interpreter_of_script(self.context.content.head(entry.path, 256))
        return name_of(interpreter).startswith("ruby")

    def _required_in(self, text: str, where: str, because: str) -> Iterable[Want]:
        for name in dict.fromkeys(_REQUIRE.findall(text)):
            for path in self._find(name, parent_of(because)):
                yield Want(path=path, detail=f"{where} requires {name}", because=because)

    def _loaded_by_stub(self, text: str, stub: Entry) -> Iterable[Want]:
        """`irb` in /usr/bin is the one of the gem. A stub that a package brought may be there with
        its neighbours only: it is worth a gem whose library is Ruby's own."""
        for gem, program in dict.fromkeys(_STUB.findall(text)):
            for root in self._gem_roots:
                folder = parent_of(root)
                if not name_of(folder).startswith(f"{gem}-"):
                    continue
                home, full_name = parent_of(parent_of(folder)), name_of(folder)
                of_ruby = f"{home}/specifications/default/{full_name}.gemspec"
                if self.context.is_packaged(stub.path) and of_ruby not in self.context.index:
                    continue
                for path in (f"{folder}/{each}/{program}" for each in _PROGRAM_FOLDERS):
                    if path in self.context.index:
                        yield Want(path=path, detail=f"{stub.path} loads it", because=stub.path)

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


class GemsRule(Rule):
    """A gem is touched when a file of it is kept; bundler reads the specifications of all. It stays
    whole with its compiled extensions, and so do the gems that it depends on."""

    name = "gems"
    summary = "touched Ruby gems whole, with those that they depend on, without specs and docs"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._touched: set[str] = set()

    @cached_property
    def _gems(self) -> dict[str, list[str]]:
        """Name without version → directories of gems of that name."""
        gems: dict[str, list[str]] = {}
        for path in self.context.named.get("gems", ()):
            for gem in self.context.index.children(path):
                name = re.split(r"-(?=\d)", name_of(gem.path))[0]
                gems.setdefault(name, []).append(gem.path)
        return gems

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
                yield from self._required_by(entry)

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
        if not any(file.endswith(".gemspec") for file in files):
            return  # no gem: Ruby itself
        for file in files:
            if self._is_ruby_program(file) or "/vendor_ruby/" in file or file.endswith(".gemspec"):
                detail = f"part of the gem that the package {owner.name} holds"
                yield Want(path=file, detail=detail, because=path, bystander=True)

    def _is_ruby_program(self, path: str) -> bool:
        """`rails runner` is how an application is looked after whose gem `railties` is there."""
        if parent_of(path) != "/usr/bin" or not self.context.index.is_file(path):
            return False
        self.context.content.fetch([path])
        interpreter, _ = interpreter_of_script(self.context.content.head(path, 256))
        return name_of(interpreter).startswith("ruby")

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
        folder = f"{parent_of(parent_of(specification.path))}/gems/"
        folder += name_of(specification.path).removesuffix(".gemspec")
        if folder not in self._touched:
            return
        text = os.fsdecode(self.context.content.head(specification.path, _LARGEST_SPECIFICATION))
        for name in dict.fromkeys(_REQUIRED.findall(text)):
            for gem in self._gems.get(name, ()):
                if gem not in self._touched:
                    yield from self._whole(gem, specification.path)
