"""The standard library of a Python that ran."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slimmer.ecosystems.awaited import AwaitedFoldersRule
from slimmer.ecosystems.python.files import is_optimized, source_of
from slimmer.files import is_below, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Want
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
_WITH_TKINTER = re.compile(r"(?:turtle|lib-dynload/_tkinter)\..*")
# Modules that test the interpreter; NIS, gone in 3.13, with whose library Kerberos comes; and
# bindings to Berkeley's and GNU's dbm, without which `shelve` and `dbm` take a format of their own.
_UNWANTED_MODULES = re.compile(
    r"lib-dynload/(?:_test|_ctypes_test|xxlimited|_xxtest|_xxsub|(?:nis|ossaudiodev|_g?dbm)\.).*"
)


class PythonLibraryRule(AwaitedFoldersRule):
    """Programs import parts of it when they first need them, codecs by a name that only a request
    brings. Found by its landmarks, os.py and encodings, wherever it lies."""

    name = "python-library"
    summary = "the standard library of a Python that ran, without tests, IDLE and unused Tk"
    strategies = BEYOND_MINIMAL

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
        return asked

    def content(self, library: str, because: str) -> Iterable[Want]:
        unused = {
            part
            for part in _WHERE_SEEN
            if not any(is_below(path, f"{library}/{part}") for path in self.context.seen)
        }
        optimizes = bool(self.context.request.variables.get("PYTHONOPTIMIZE"))
        detail = f"standard library of the Python in {library}"
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
            yield Want(path=entry.path, detail=detail, because=because)
