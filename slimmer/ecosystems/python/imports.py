"""What Python sources import, read off their text: in functions as well, since that is where an
import stands that no probe has shown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from slimmer.ecosystems.python.files import is_test
from slimmer.files import name_of
from slimmer.keep import Context
from slimmer.values import Entry, EntryType

_IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*(?:from[ \t]+(?P<module>[A-Za-z_][\w.]*)[ \t]+import[ \t]*"
    r"(?P<names>\([^()]*\)|[\w, \t*]*)|import[ \t]+(?P<modules>[A-Za-z_][\w., \t]*))",
    re.MULTILINE,
)
_BY_NAME = re.compile(
    r"\b(?:import_module|__import__)\(\s*(?:name\s*=\s*)?['\"](?P<module>[A-Za-z_][\w.]*)['\"]"
)
_SHEBANG = re.compile(rb"#!.*\bpython[\d.]*\b")
_RENAMED = re.compile(r"\bas\s+\w+")
LARGEST_SOURCE = 8 << 20
_FIRST_LINE = 256


def modules_imported_by(context: Context, entry: Entry) -> tuple[str, ...]:
    """What a kept source of the application imports, but not what its tests do; nothing for any
    other file. A script without an ending is told by its `#!`."""
    path = entry.path
    if (
        ("." in name_of(path) and not path.endswith(".py"))
        or entry.type is not EntryType.FILE
        or not 0 < entry.size <= LARGEST_SOURCE
        or is_test(path, context.application_root(path), context.index)
        or context.environments.contains(path)
        or context.is_packaged(path)
    ):
        return ()
    if not path.endswith(".py") and not _SHEBANG.match(context.content.head(path, _FIRST_LINE)):
        return ()

    def read() -> tuple[str, ...]:
        return tuple(imported_modules(os.fsdecode(context.content.head(path, LARGEST_SOURCE))))

    return context.request.readings.once(("imports", path), read)


def imports_always(source: str, package: str, module: str) -> bool:
    """Whether the `__init__.py` of a package imports a module in it wherever it is imported, as
    opposed to in a function: `from .tests import run` in that of `tables`."""
    inside = rf"(?:\.|(?:\w+\.)*{re.escape(package)}\.){re.escape(module)}\b"
    beside = rf"from[ \t]+\.[ \t]+import\b[^\n]*\b{re.escape(module)}\b"
    return bool(re.search(rf"^(?:(?:from|import)[ \t]+{inside}|{beside})", source, re.MULTILINE))


def imported_modules(source: str) -> Iterator[str]:
    """Dotted names, longest first for each import: `from a.b import c` may mean the module
    `a.b.c`. Relative imports stay in the application."""
    for match in _IMPORT.finditer(source):
        if match["module"]:
            for name in re.findall(r"\w+", _RENAMED.sub("", match["names"])):
                yield f"{match['module']}.{name}"
            yield match["module"]
        else:
            for part in match["modules"].split(","):
                module = part.split()[:1]
                yield from module
    for match in _BY_NAME.finditer(source):
        yield match["module"]
