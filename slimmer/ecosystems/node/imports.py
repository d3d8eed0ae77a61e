"""What JavaScript sources require, read off their text: in functions as well, since that is where
a `require` stands that no probe has shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slimmer.files import name_of

_REQUIRED = re.compile(
    r"""(?:\brequire(?:\.resolve)?\s*\(|\bimport\s*\(?|\bfrom)\s*(['"`])"""
    r"""(?P<name>(?:@[\w.~-]+/)?[A-Za-z\d_][\w.~-]*)(?:/[^'"`\n]*)?\1"""
)
# Tests, and what configures builds. Files for browsers are bundled, nobody requires them.
_OTHERS = re.compile(
    r".*\.(?:test|spec|config|stories)\.\w+|(?:gulp|grunt)file\.\w+|\.[^/]*", re.IGNORECASE
)
_FOLDERS = frozenset(
    ("test", "tests", "__tests__", "spec", "cypress", "e2e", "public", "static", "assets")
)
LARGEST_SOURCE = 1 << 18


def is_application_source(path: str) -> bool:
    """Whether Node may load this file when the application runs."""
    return (
        path.endswith((".js", ".cjs", ".mjs"))
        and not _OTHERS.fullmatch(name_of(path))
        and _FOLDERS.isdisjoint(path.split("/"))
    )


def required_packages(source: str) -> Iterator[str]:
    """Names of packages: `@scope/name` or `name`, without the path inside of it. Node's own
    modules are among them where they are written without `node:`."""
    seen = set()
    for match in _REQUIRED.finditer(source):
        if match["name"] not in seen:
            seen.add(match["name"])
            yield match["name"]
