r"""Any text as one field of a line: what would end a field or a line, hide itself or is no UTF-8
stands as `\xNN`, one for each byte. Everything else stands for itself, so paths stay readable.

The list of characters is fixed: with `str.isprintable` it would be another one in each version of
Python, and so would be the file.
"""

from __future__ import annotations

import re

_SPECIAL = re.compile(
    "[\\x00-\\x1f\\\\\\x7f-\\xa0\\xad\\u061c\\u1680\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f"
    "\\u3000\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff\\U000e0000-\\U000e007f]"
)
"""Controls, the backslash, blanks other than the space, marks that join or turn text, and the
surrogates that stand for bytes which are no UTF-8."""
_ESCAPE = re.compile(rb"\\(?:x([0-9a-f]{2}))?")


def escaped(text: str) -> str:
    """The field for a text, which is UTF-8 with `surrogateescape`."""
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text
    return _SPECIAL.sub(_escape, text)


def unescaped(field: str) -> str:
    """The text of a field. Raises ValueError for a backslash that begins no escape."""
    if "\\" not in field:
        return field
    return _ESCAPE.sub(_byte, field.encode()).decode("utf-8", "surrogateescape")


def _escape(match: re.Match[str]) -> str:
    return "".join(f"\\x{byte:02x}" for byte in match[0].encode("utf-8", "surrogateescape"))


def _byte(match: re.Match[bytes]) -> bytes:
    if match[1] is None:
        raise ValueError("a backslash that begins no escape")
    return bytes((int(match[1], 16),))
