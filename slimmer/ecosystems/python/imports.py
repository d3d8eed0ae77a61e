"""What Python sources import, read off their text: in functions as well, since that is where an
import stands that no probe has shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slimmer.ecosystems.python.files import is_test

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>[A-Za-z_][\w.]*)[ \t]+import[ \t]+\(?(?P<names>[\w, \t*]*)"
    r"|import[ \t]+(?P<modules>[A-Za-z_][\w., \t]*))",
    re.MULTILINE,
)
_BY_NAME = re.compile(r"\b(?:import_module|__import__)\(\s*['\"](?P<module>[A-Za-z_][\w.]*)['\"]")
LARGEST_SOURCE = 1 << 19


def is_application_source(path: str) -> bool:
    """Whether what this source imports is needed to run it; what its tests import is not."""
    return path.endswith(".py") and not is_test(path)


def imported_modules(source: str) -> Iterator[str]:
    """Dotted names, longest first for each import: `from a.b import c` may mean the module
    `a.b.c`. Relative imports stay in the application."""
    for match in _IMPORT.finditer(source):
        if match["module"]:
            for name in re.findall(r"\w+", match["names"].split(" as ")[0]):
                yield f"{match['module']}.{name}"
            yield match["module"]
        else:
            for part in match["modules"].split(","):
                module = part.split()[:1]
                yield from module
    for match in _BY_NAME.finditer(source):
        yield match["module"]
