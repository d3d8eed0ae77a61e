"""Node packages that were touched, whole."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from slimmer.ecosystems.node.imports import (
    LARGEST_SOURCE,
    is_application_source,
    required_packages,
)
from slimmer.ecosystems.node.packages import (
    MANIFEST,
    development_names,
    find_package,
    package_of,
    packages_in,
    read_manifest,
    required_names,
    runtime_entries,
)
from slimmer.files import name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry, EntryType, HeavyOmission

_LARGEST = 1 << 20
_SHEBANG = re.compile(rb"#!.*\bnode\b")
# Bytes that are looked at for an interpreter.
_FIRST_LINE = 256
# Bytes of a package that was installed beside others, and that nobody touched.
_HEAVIEST = 64_000_000
_INSTALLERS = frozenset(("npm", "corepack", "yarn"))
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
    whatever branch. It stays whole, with the packages that it requires and with those installed
    beside it: `require` stands inside of functions, and addons are chosen by platform at run time.
    """

    name = "node-packages"
    summary = "Node packages of a folder that is in use, whole, without tests and docs"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._touched: set[str] = set()
        # Folders of packages of which all stays.
        self._whole_folders: set[str] = set()
        # Directory of a package → its bytes.
        self._heavy: dict[str, int] = {}
        self._reads_declarations = False

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
        self._reads_declarations = self._reads_declarations or self._has_compiler()
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
        for source in self.context.inline_code(fresh, "node"):
            # Node looks from the working directory on, which a script may have changed.
            for folder in (self.context.request.working_directory, parent_of(source.because)):
                for name in required_packages(source.code):
                    for by_path, real in self.find(name, folder) if name not in _BUILTINS else ():
                        detail = f"{source.where} requires it"
                        yield Want(path=by_path, detail=detail, because=source.because)
                        if real not in self._touched:
                            touched.setdefault(real, source.because)
        is_new = bool(touched)
        while touched:
            self._touched.update(touched)
            required: dict[str, str] = {}
            manifests = [f"{package}/{MANIFEST}" for package in touched]
            self.context.content.fetch(
                path for path in manifests if self.context.index.is_file(path)
            )
            for (package, because), path in zip(touched.items(), manifests, strict=True):
                data = b""
                if self.context.index.is_file(path):
                    data = self.context.content.head(path, _LARGEST)
                manifest = read_manifest(data)
                detail = f"part of the Node package {package}"
                declarations = self._reads_declarations
                for entry in runtime_entries(
                    self.context.index, package, manifest, declarations=declarations
                ):
                    yield Want(path=entry.path, detail=detail, because=because, bystander=True)
                for by_path, real in self._beside(package):
                    detail = f"installed beside {package}"
                    yield Want(path=by_path, detail=detail, because=because)
                    if real not in self._touched:
                        required.setdefault(real, because)
                for name in required_names(manifest):
                    for by_path, real in self.find(name, package):
                        # pnpm: the way to it is a link beside the package.
                        detail = f"{package} requires {name}"
                        if self._is_heavy_option(manifest, name, real):
                            continue
                        yield Want(path=by_path, detail=detail, because=because)
                        if real not in self._touched:
                            required.setdefault(real, because)
            touched = required
        if is_new:
            yield from self._commands()

    def _is_heavy_option(self, manifest: Mapping[str, Any], name: str, real: str) -> bool:
        """A compiler of 130 MB for this platform, with which Next.js builds and does not run."""
        if name not in (manifest.get("optionalDependencies") or ()) or real in self._touched:
            return False
        size = sum(entry.size for entry in self.context.index.subtree(real))
        if size > _HEAVIEST:
            self._heavy[real] = size
        return size > _HEAVIEST

    @cached_property
    def _folders_of(self) -> Mapping[str, Sequence[str]]:
        """Package, by its real path → the folders of applications in which it is installed; not
        folders inside of packages, nor a store of links."""
        found: dict[str, list[str]] = {}
        for folder in self.context.named.get("node_modules", ()):
            if "/node_modules/" not in folder.removesuffix("/node_modules") + "/":
                for _, real in packages_in(self.context.index, folder):
                    found.setdefault(real, []).append(folder)
        return found

    def _beside(self, package: str) -> Iterable[tuple[str, str]]:
        """What was installed into the same folder for the same application, as path and real path:
        a view engine, a transport of logs, a plugin is named in settings as often as in a
        `require`. Not what its package.json asks for to develop it, npm itself, nor what is heavy.
        """
        for folder in self._folders_of.get(package, ()):
            if folder in self._whole_folders:
                continue
            self._whole_folders.add(folder)
            development = self._for_development(parent_of(folder))
            for path, real in packages_in(self.context.index, folder):
                if real in development or name_of(real) in _INSTALLERS:
                    continue
                size = sum(entry.size for entry in self.context.index.subtree(real))
                if size > _HEAVIEST and real not in self._touched:
                    self._heavy[real] = size
                else:
                    yield path, real

    def _commands(self) -> Iterable[Want]:
        """`node_modules/.bin` by which scripts in package.json start what is kept."""
        for folder in self._whole_folders:
            for entry in self.context.index.children(f"{folder}/.bin"):
                target = package_of(self.context.index.real_path(entry.path))
                if not target or target in self._touched:
                    detail = f"a command of the packages in {folder}"
                    yield Want(path=entry.path, detail=detail, because=folder, bystander=True)

    def _for_development(self, root: str) -> set[str]:
        """The packages that only the development of the application in `root` asks for, by real
        path: what `devDependencies` leads to and nothing else does."""
        path = f"{root}/{MANIFEST}"
        if not self.context.index.is_file(path):
            return set()
        self.context.content.fetch([path])
        manifest = read_manifest(self.context.content.head(path, _LARGEST))
        wanted = self._closure(root, required_names(manifest))
        return self._closure(root, development_names(manifest)) - wanted

    def _closure(self, root: str, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        pending = [find_package(self.context.index, name, root)[1] for name in names]
        while pending:
            fresh = {real for real in pending if real} - found
            found |= fresh
            paths = [f"{real}/{MANIFEST}" for real in fresh]
            paths = [path for path in paths if self.context.index.is_file(path)]
            self.context.content.fetch(paths)
            pending = [
                find_package(self.context.index, name, parent_of(path))[1]
                for path in paths
                for name in required_names(read_manifest(self.context.content.head(path, _LARGEST)))
            ]
        return found

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        for package, size in self._heavy.items():
            if package not in self._touched:
                yield HeavyOmission(
                    what=f"the Node package {package.rpartition('/node_modules/')[2]}",
                    size=size,
                    why="nothing touched or requires it",
                    include=package,
                )

    def required_by(self, entry: Entry) -> Iterable[tuple[str, str]]:
        """What a source of the application requires, as `find` finds it."""
        root = self.context.application_root(entry.path)
        if not 0 < entry.size <= LARGEST_SOURCE or not is_application_source(entry.path, root):
            return
        if self.context.is_packaged(entry.path):
            return
        head = self.context.content.head
        if "." not in name_of(entry.path) and not _SHEBANG.match(head(entry.path, _FIRST_LINE)):
            return

        def read() -> tuple[str, ...]:
            return required_packages(os.fsdecode(head(entry.path, LARGEST_SOURCE)))

        for name in self.context.request.readings.once(("required", entry.path), read):
            if name not in _BUILTINS:
                yield from self.find(name, parent_of(entry.path))

    def _has_compiler(self) -> bool:
        """Whether TypeScript's compiler, which reads declarations of types, ran."""
        return any("/typescript/lib/" in path for path in self.context.seen)
