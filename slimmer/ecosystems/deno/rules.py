"""What Deno loads when a probe has not shown it: packages, modules, and programs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from slimmer.ecosystems.deno.cache import DenoCache
from slimmer.ecosystems.deno.sources import (
    MAPS,
    imported_packages,
    mapped_packages,
    started_programs,
)
from slimmer.ecosystems.node.imports import LARGEST_SOURCE
from slimmer.ecosystems.node.packages import find_package
from slimmer.ecosystems.node.touched import NodePackagesRule
from slimmer.files import is_below, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want, read_script
from slimmer.values import Entry, EntryType

_SOURCES = (".cjs", ".cts", ".js", ".jsx", ".mjs", ".mts", ".ts", ".tsx")


def _ran(context: Context) -> bool:
    return any(name_of(path) == "deno" for path in context.executed)


def _source(context: Context, cache: DenoCache, entry: Entry) -> str:
    """The text of a source of the application, or of a module that it downloaded; else empty."""
    path = entry.path
    own = path.endswith(_SOURCES) or name_of(path) in MAPS
    if own and context.environments.contains(path):
        return ""
    if entry.type is not EntryType.FILE or entry.size > LARGEST_SOURCE:
        return ""
    if not own and not cache.is_module(path):
        return ""
    return os.fsdecode(context.content.head(path, LARGEST_SOURCE))


class DenoPackagesRule(NodePackagesRule):
    """As with Node, a package that was touched or that a source imports on whatever branch stays
    whole, with those that it requires. Sources may be TypeScript, their names stand in the map of
    deno.json, and packages lie in the cache, or in a node_modules where the project wants it."""

    name = "deno-packages"
    summary = "touched npm packages of Deno's cache whole, and those that sources import"
    strategies = BEYOND_MINIMAL

    @cached_property
    def _cache(self) -> DenoCache:
        return DenoCache(self.context.named)

    @cached_property
    def _aliases(self) -> dict[str, str]:
        paths = [
            path
            for name in MAPS
            for path in self.context.named.get(name, ())
            if not self.context.environments.contains(path)
        ]
        self.context.content.fetch(paths)
        texts = (os.fsdecode(self.context.content.head(path, LARGEST_SOURCE)) for path in paths)
        return {alias: name for text in texts for alias, name in mapped_packages(text)}

    def package_of(self, path: str) -> str:
        return self._cache.package_of(path)

    def find(self, name: str, requirer: str) -> Iterator[tuple[str, str]]:
        for root in self._cache.packages(name):
            yield root, root
        by_path, real = find_package(self.context.index, name, requirer)
        if real:
            yield by_path, real

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        return super().follow(fresh) if _ran(self.context) else ()

    def required_by(self, entry: Entry) -> Iterable[tuple[str, str]]:
        source = _source(self.context, self._cache, entry)
        for name in sorted(set(imported_packages(source, self._aliases))):
            yield from self.find(name, parent_of(entry.path))


class DenoModulesRule(Rule):
    """Modules of other servers lie under hashes of their addresses, with what they import, and
    are small: a cache that was used keeps them all."""

    name = "deno-modules"
    summary = "modules that were downloaded into Deno's cache"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        if not _ran(self.context):
            return
        for folder in DenoCache(self.context.named).folders:
            used = (path for path in sorted(self.context.seen) if is_below(path, folder))
            because = next(used, "")
            for entry in self.context.index.subtree(f"{folder}/remote") if because else ():
                detail = f"downloaded into Deno's cache {folder}"
                yield Want(path=entry.path, detail=detail, because=because, bystander=True)


class DenoCommandsRule(Rule):
    """`new Deno.Command("sh", {args: ["-c", "…"]})`: Deno asks for permission by the program's
    name, so sources name it plainly. Those of a shell's command line count as well."""

    name = "deno-commands"
    summary = "programs that the sources of a Deno application start by their names"
    strategies = BEYOND_MINIMAL

    @cached_property
    def _cache(self) -> DenoCache:
        return DenoCache(self.context.named)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh if _ran(self.context) else ():
            for program, script in started_programs(_source(self.context, self._cache, entry)):
                for name in (program, *sorted(read_script(script).programs)):
                    path = self.context.programs.find(name)
                    if path:
                        detail = f"started by {entry.path}"
                        yield Want(path=path, detail=detail, because=entry.path)
