"""The standard library of a Python that ran."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from slimmer.ecosystems.awaited import AwaitedFoldersRule
from slimmer.ecosystems.python.files import is_optimized, source_of
from slimmer.ecosystems.python.imports import imported_modules, modules_imported_by
from slimmer.files import ancestors, is_below, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Want
from slimmer.values import Entry, EntryType

# Installed distributions are the business of another rule.
_DISTRIBUTIONS = frozenset(("site-packages", "dist-packages"))
# Tests, and what is needed to build extension modules and Python itself; distutils has had other
# uses (`strtobool`, `LooseVersion`), but not its commands.
_NEVER = re.compile(
    r"(?:.*/)?(?:tests?|idle_test|config-[^/]+)/.*|distutils/command/.*|.*\.(?:a|o|h|exe)"
)
# Parts that nobody misses who did not use them: an editor, demonstrations, a converter for
# Python 2, pip's own wheels, a binding to a window system, the text of help().
_WHERE_SEEN = ("idlelib", "turtledemo", "lib2to3", "ensurepip", "tkinter", "pydoc_data", "msilib")
# What other modules need of these, and where Debian has the wheels.
_NEEDS = {"venv": "ensurepip", "turtle": "tkinter"}
_WHEELS = "/usr/share/python-wheels"
# The interpreter itself, in a program that has Python inside (PL/Python, mod_wsgi, uWSGI).
_EMBEDDED = re.compile(r"lib(?P<name>(?:python|pypy)\d+(?:\.\d+)?)[a-z]*\.so(?:\.[\d.]+)?")
_WITH_TKINTER = re.compile(r"(?:turtle|lib-dynload/_tkinter)\..*")
# Modules that test the interpreter; NIS, gone in 3.13, with whose library Kerberos comes; sound
# of the last century.
_UNWANTED_MODULES = re.compile(
    r"lib-dynload/(?:_test|_ctypes_test|xxlimited|_xxtest|_xxsub|(?:nis|ossaudiodev)\.).*"
)


class PythonLibraryRule(AwaitedFoldersRule):
    """Programs import parts of it when they first need them, codecs by a name that only a request
    brings. Found by its landmarks, os.py and encodings, wherever it lies."""

    name = "python-library"
    summary = "the standard library of a Python that ran, without tests, IDLE and unused Tk"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # Part that the application imports, on whatever branch → the source that does.
        self._imported: dict[str, str] = {}
        # Library that is kept → the parts of it that are left out.
        self._unused: dict[str, set[str]] = {}

    def folders(self) -> Iterable[str]:
        for folder in map(parent_of, self.context.named.get("os.py", ())):
            if f"{folder}/encodings/__init__.py" in self.context.index:
                yield folder

    def asked_by(self, entry: Entry) -> Iterable[str]:
        """The libraries that this file is a part of, or the interpreter of."""
        path = entry.path
        asked = [
            folder
            for folder in super().asked_by(entry)
            if path[len(folder) + 1 :].partition("/")[0] not in _DISTRIBUTIONS
        ]
        name = name_of(path)
        is_interpreter = entry.type is EntryType.FILE and name.startswith(("python", "pypy"))
        if is_interpreter and path not in self.context.bystanders:
            prefix = parent_of(parent_of(path))
            beside = {f"{prefix}/{library}/{name}" for library in ("lib", "lib64")}
            asked += self.waiting & beside
        asked += self._asked_by_embedded(entry)
        return asked

    def _asked_by_embedded(self, entry: Entry) -> Iterable[str]:
        """The library without which a shared interpreter ends its process as soon as it is begun:
        that of its version, in a folder above it."""
        embedded = _EMBEDDED.fullmatch(name_of(entry.path))
        if entry.type is not EntryType.FILE or embedded is None:
            return ()
        if entry.path in self.context.bystanders:
            return ()
        return self.waiting & {f"{above}/{embedded['name']}" for above in ancestors(entry.path)}

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            self._note_imports(modules_imported_by(self.context, entry), entry.path)
        for inline in self.context.inline_code(fresh, "python"):
            self._note_imports(imported_modules(inline.code), inline.because)
        yield from super().follow(fresh)
        for library, unused in self._unused.items():
            for part in sorted(unused & self._imported.keys()):
                yield from self._part(library, part, self._imported[part])

    def _note_imports(self, modules: Iterable[str], path: str) -> None:
        for module in modules:
            first = module.partition(".")[0]
            self._imported.setdefault(_NEEDS.get(first, first), path)

    def _part(self, library: str, part: str, because: str) -> Iterable[Want]:
        """What comes to the library with a part of it."""
        kept = {entry.path for entry in self._entries(library)}
        self._unused[library].discard(part)
        wheels = self.context.index.subtree(_WHEELS) if part == "ensurepip" else ()
        for entry in (*self._entries(library), *wheels):
            if entry.path not in kept:
                yield Want(path=entry.path, detail=f"{because} imports {part}", because=because)

    def content(self, library: str, because: str) -> Iterable[Want]:
        self._unused[library] = {
            part
            for part in _WHERE_SEEN
            if not any(is_below(path, f"{library}/{part}") for path in self.context.seen)
        }
        detail = f"standard library of the Python in {library}"
        for entry in self._entries(library):
            yield Want(path=entry.path, detail=detail, because=because)

    def _entries(self, library: str) -> Iterator[Entry]:
        """The library without the parts that are left out."""
        unused = self._unused[library]
        optimizes = bool(self.context.request.variables.get("PYTHONOPTIMIZE"))
        for entry in self.context.index.subtree(library):
            if entry.type is EntryType.DIRECTORY:
                continue
            inside = source_of(entry.path)[len(library) + 1 :]
            first = inside.partition("/")[0]
            if first in _DISTRIBUTIONS or first in unused or _NEVER.fullmatch(inside):
                continue
            if _UNWANTED_MODULES.fullmatch(inside):
                continue
            if "tkinter" in unused and _WITH_TKINTER.fullmatch(inside):
                continue
            if is_optimized(name_of(entry.path)) and not optimizes:
                continue
            yield entry
