"""What JavaScript sources require, read off their text: in functions as well, since that is where
a `require` stands that no probe has shown.
"""

from __future__ import annotations

import re

from slimmer.files import name_of

_REQUIRED = re.compile(
    r"""(?:\brequire(?:\.resolve)?\s*\(|\bimport\b\s*\(?|\bfrom\b)"""
    r"""\s*(?:/\*.*?\*/\s*)?(['"`])"""
    r"""(?P<name>(?:@[\w.~-]+/)?[A-Za-z\d_][\w.~-]*)(?:/[^'"`\n]*)?\1"""
)
# Tests, and what configures builds. Files for browsers are bundled, nobody requires them.
_OTHERS = re.compile(
    r".*\.(?:test|spec|config|stories)\.\w+|(?:gulp|grunt)file\.\w+|\.[^/]*", re.IGNORECASE
)
_FOLDERS = frozenset(("test", "tests", "__tests__", "spec", "cypress", "e2e"))
_ENDINGS = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".vue", ".svelte")
# A bundle holds a framework and the application.
LARGEST_SOURCE = 16 << 20


def is_application_source(path: str, root: str) -> bool:
    """Whether Node may load this file of the application in `root` when it runs. One without an
    ending may be a script."""
    return (
        (path.endswith(_ENDINGS) or "." not in name_of(path))
        and not _OTHERS.fullmatch(name_of(path))
        and _FOLDERS.isdisjoint(path[len(root) :].split("/"))
    )


def required_packages(source: str) -> tuple[str, ...]:
    """Names of packages: `@scope/name` or `name`, without the path inside of it, each once. Node's
    own modules are among them where they are written without `node:`."""
    return tuple(dict.fromkeys(match["name"] for match in _REQUIRED.finditer(source)))
