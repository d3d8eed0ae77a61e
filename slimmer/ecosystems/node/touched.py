"""Node packages that were touched, whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from slimmer.ecosystems.node.imports import (
    LARGEST_SOURCE,
    is_application_source,
    required_packages,
)
from slimmer.ecosystems.node.packages import (
    MANIFEST,
    find_package,
    package_of,
    read_manifest,
    required_names,
    runtime_entries,
)
from slimmer.files import name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry, EntryType

_LARGEST = 1 << 20
# Node's own modules win over packages of the same name, which polyfills for browsers have.
_BUILTINS = frozenset(
    (
        *("assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants"),
        *("crypto", "dgram", "dns", "domain", "events", "fs", "http", "http2", "https", "module"),
        *("net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline"),
        *("repl", "stream", "string_decoder", "timers", "tls", "tty", "url", "util", "v8", "vm"),
        *("worker_threads", "zlib"),
    )
)


class NodePackagesRule(Rule):
    """A package is touched when a file of it is kept, other than its package.json alone (Node
    reads that of every directory on its way), or when the application's own sources require it, on
    whatever branch. It stays whole, with the packages that it requires:
    `require` stands inside of functions, and addons are chosen by platform at run time."""

    name = "node-packages"
    summary = "touched Node packages whole, with those that they require, without tests and docs"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._touched: set[str] = set()

    def package_of(self, path: str) -> str:
        """The directory of the package that a path lies in; empty where it is in none."""
        return package_of(path)

    def find(self, name: str, requirer: str) -> Iterable[tuple[str, str]]:
        """What `name` means to a file in the directory `requirer`: by which path each package is
        found, and its real one."""
        found = find_package(self.context.index, name, requirer)
        return (found,) if found[1] else ()

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        touched: dict[str, str] = {}
        for entry in fresh:
            if entry.type is not EntryType.FILE or name_of(entry.path) == MANIFEST:
                continue
            package = self.package_of(entry.path)
            if package and package not in self._touched:
                touched.setdefault(package, entry.path)
            if not package:
                for by_path, real in self.required_by(entry):
                    detail = f"{entry.path} requires it"
                    yield Want(path=by_path, detail=detail, because=entry.path)
                    if real not in self._touched:
                        touched.setdefault(real, entry.path)
        while touched:
            self._touched.update(touched)
            required: dict[str, str] = {}
            manifests = [f"{package}/{MANIFEST}" for package in touched]
            self.context.content.fetch(path for path in manifests if self._is_file(path))
            for (package, because), path in zip(touched.items(), manifests, strict=True):
                data = b""
                if self._is_file(path):
                    data = self.context.content.head(path, _LARGEST)
                manifest = read_manifest(data)
                detail = f"part of the Node package {package}"
                for entry in runtime_entries(self.context.index, package, manifest):
                    yield Want(path=entry.path, detail=detail, because=because, bystander=True)
                for name in required_names(manifest):
                    for by_path, real in self.find(name, package):
                        # pnpm: the way to it is a link beside the package.
                        detail = f"{package} requires {name}"
                        yield Want(path=by_path, detail=detail, because=because)
                        if real not in self._touched:
                            required.setdefault(real, because)
            touched = required

    def required_by(self, entry: Entry) -> Iterable[tuple[str, str]]:
        """What a source of the application requires, as `find` finds it."""
        packages = self.context.request.packages
        if not 0 < entry.size <= LARGEST_SOURCE or not is_application_source(entry.path):
            return
        if packages is not None and packages.owner(entry.path) is not None:
            return
        source = os.fsdecode(self.context.content.head(entry.path, LARGEST_SOURCE))
        for name in required_packages(source):
            if name not in _BUILTINS:
                yield from self.find(name, parent_of(entry.path))

    def _is_file(self, path: str) -> bool:
        entry = self.context.index.get(path)
        return entry is not None and entry.type is EntryType.FILE
