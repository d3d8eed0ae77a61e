"""Installed Node packages: where they lie, what they consist of, what they require.

A package is a directory directly below a `node_modules` (or a scope in it), whoever laid it there:
npm, yarn, or pnpm with its store of links; Debian's lie in `/usr/share/nodejs` and its like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slimmer.ecosystems.templates import is_for_templates
from slimmer.files import RootfsIndex, ancestors, name_of, parent_of
from slimmer.values import Entry, EntryType

# Where Node looks behind all node_modules on the way (Module.globalPaths), as Debian builds it.
GLOBAL_FOLDERS = (
    "/usr/share/nodejs",
    "/usr/lib/nodejs",
    "/usr/lib/x86_64-linux-gnu/nodejs",
    "/usr/lib/aarch64-linux-gnu/nodejs",
)
MANIFEST = "package.json"
_MODULES = "node_modules"
_FOLDER = re.compile(
    rf"(?P<package>.*/{_MODULES}/(?:@[^/]+/)?[^/@.][^/]*|(?:{'|'.join(GLOBAL_FOLDERS)})"
    r"/(?:@[^/]+/)?[^/@.][^/]*)(?:/.*)?"
)
# Directories of a package that do not run, where its own manifest does not name them as code.
_NO_RUNTIME = frozenset(
    (
        *("test", "tests", "spec", "doc", "docs", "example", "examples", "benchmark", "bench"),
        *("benchmarks", "coverage", "man", ".github", ".circleci", ".vscode", "website"),
    )
)
_TESTS_ANYWHERE = re.compile(r"/__(?:tests|mocks|snapshots|fixtures)__(?:/|$)")
# Documents are told by their names: any other Markdown may be a template. better-sqlite3 has 20 MB
# of sources in C beside the addon that was built from them.
_NO_CODE = re.compile(
    r".*\.(?:map|flow|tsbuildinfo|o|a|obj|tlog|gyp|gypi|mk|c|cc|cpp|cxx|h|hh|hpp)"
    r"|(?:readme|changelog|changes|history|contributing|security|code_of_conduct|authors|"
    r"contributors|upgrading|migration|roadmap)[^/]*\.(?:markdown|md|mkd)",
    re.I,
)
_DECLARATION = re.compile(r".*\.d\.[cm]?ts", re.I)
# What browsers ask for: an editor on a page reads the declarations that its completion knows.
_SERVED = frozenset(("public", "static", "www", "wwwroot", "webroot", "htdocs"))
_LICENCE = re.compile(r"(?:licen[cs]e|notice|copying)", re.I)
_CODE_FIELDS = ("main", "module", "browser", "exports", "imports", "bin", "es2015")
_REQUIREMENTS = ("dependencies", "optionalDependencies", "peerDependencies")


def package_of(path: str) -> str:
    """The directory of the innermost package that this path lies in; empty where it is in none."""
    match = _FOLDER.fullmatch(path)
    return match["package"] if match else ""


def read_manifest(data: bytes) -> Mapping[str, Any]:
    """package.json; empty where it is no JSON object: Node takes such a package by index.js."""
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def runtime_entries(
    index: RootfsIndex, package: str, manifest: Mapping[str, Any], *, declarations: bool = False
) -> Iterator[Entry]:
    """What of a package is there to run: all but tests, documentation, source maps and (unless
    `declarations`) declarations of types, and but the packages inside of it. Templates are whole,
    and what browsers are served is but for the maps. `yaml` has code in `dist/doc`, so only
    directories at its top count, and none that the manifest names as code."""
    code = " ".join(_texts([manifest.get(field) for field in _CODE_FIELDS]))
    skipped = {folder for folder in _NO_RUNTIME if not re.search(rf"(?:^|[\s/]){folder}/", code)}
    start = len(package) + 1
    package_name = name_of(package)
    for entry in index.subtree(package):
        inside = entry.path[start:]
        first = inside.partition("/")[0]
        if first in skipped and (inside != first or entry.type is EntryType.DIRECTORY):
            continue
        if f"/{_MODULES}/" in f"/{inside}/" or _TESTS_ANYWHERE.search(entry.path):
            continue
        name = name_of(inside)
        is_needless = bool(_NO_CODE.fullmatch(name)) and not _LICENCE.match(name)
        if not declarations and package_name != "typescript":
            is_needless = is_needless or bool(_DECLARATION.fullmatch(name))
        folders = inside.split("/")[:-1]
        is_served = not name.endswith(".map") and not _SERVED.isdisjoint(folders)
        if not is_needless or is_served or any(map(is_for_templates, folders)):
            yield entry


def packages_in(index: RootfsIndex, folder: str) -> Iterator[tuple[str, str]]:
    """The packages of a `node_modules`: path and real path, as links lead into pnpm's store or to
    packages of the same workspace."""
    for entry in index.children(folder):
        name = name_of(entry.path)
        if name.startswith("@"):
            found = [*index.children(entry.path)]
        elif name.startswith("."):
            continue
        else:
            found = [entry]
        for each in found:
            real = index.resolve(each.path).entry
            if real is not None and real.type is EntryType.DIRECTORY:
                yield each.path, real.path


def development_names(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Packages that those ask for who work on this one."""
    listed = manifest.get("devDependencies")
    if isinstance(listed, dict):
        yield from (name for name in listed if isinstance(name, str))


def required_names(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Packages that this one may load: those it cannot do without, native addons that it has for
    some platforms, and peers."""
    for field in _REQUIREMENTS:
        listed = manifest.get(field)
        if isinstance(listed, dict):
            yield from (name for name in listed if isinstance(name, str))


def find_package(index: RootfsIndex, name: str, requirer: str) -> tuple[str, str]:
    """The package that `require(NAME)` finds from a file in the directory `requirer`: the path by
    which it is found, and the real one; both empty where it finds none."""
    folders = [requirer, *reversed(ancestors(requirer))]
    candidates = [
        f"{'' if folder == '/' else folder}/{_MODULES}/{name}"
        for folder in folders
        if name_of(folder) != _MODULES
    ]
    candidates += (f"{folder}/{name}" for folder in GLOBAL_FOLDERS)
    for path in candidates:
        if index.get(parent_of(path)) is None and index.resolve(parent_of(path)).entry is None:
            continue
        entry = index.resolve(path).entry
        if entry is not None and entry.type is EntryType.DIRECTORY:
            return path, entry.path
    return "", ""


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
