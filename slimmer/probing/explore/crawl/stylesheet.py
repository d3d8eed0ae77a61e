"""What a style sheet loads: images, fonts, other style sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LINK = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^\s"')]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""",
    re.IGNORECASE,
)


def stylesheet_links(text: str) -> Iterator[str]:
    """The text of each `url(…)` and `@import "…"`."""
    for match in _LINK.finditer(_COMMENT.sub("", text)):
        if link := next(filter(None, match.groups()), ""):
            yield link
