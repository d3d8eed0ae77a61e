"""Numbers and foreign text as people read them, the same in every output."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_COLOUR: Final = re.compile(r"\x1b\[[0-9;:]*m")
_UNITS: Final = ("B", "kB", "MB", "GB", "TB")


def size(number: int) -> str:
    """Bytes in decimal units, three digits that count, as `docker images` writes them."""
    value = float(number)
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1000
    if unit == "B":
        return f"{number} B"
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {unit}"


def seconds(number: float) -> str:
    """`4 ms`, `0.42 s`, `3.2 s`, `95 s`."""
    if number < 0.0995:
        return f"{number * 1000:.0f} ms"
    digits = 2 if number < 0.995 else 1 if number < 9.95 else 0
    return f"{number:.{digits}f} s"


def factor(before: int, after: int) -> str:
    """`22.4x`; empty where there is nothing to compare."""
    if not before or not after:
        return ""
    value = before / after
    return f"{value:.{1 if value < 99.95 else 0}f}x"


def comparison(before: int, after: int) -> str:
    """`22.4x smaller`, or `no smaller` where nothing was gained."""
    return f"{factor(before, after)} smaller" if after and before / after >= 1.05 else "no smaller"


def count(number: int, noun: str) -> str:
    """`1 file`, `1,204 files`, `2 directories`."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if re.search(r"[^aeiou]y$", noun) else f"{noun}s"
    return f"{number:,} {plural}"


def last_lines(said: str) -> str:
    """`its last lines are above`, in a hint below what somebody has said, if anything."""
    return "its last lines are above" if said.strip() else "it has written nothing to its log"


def printable(text: str) -> str:
    """The text on one line, without anything that could steer a terminal.

    File names and answers are chosen by strangers: control characters, bidirectional marks and
    bytes that are not UTF-8 are written as escapes.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if character == " " or _is_harmless(character) else _escape(character)
        for character in text
    )


def printable_lines(text: str) -> list[str]:
    """The lines of a log or an answer, each printable. Colours are left out, since many programs
    write them; tabs are widened."""
    return [printable(line.expandtabs()) for line in _COLOUR.sub("", text).splitlines()]


def _is_harmless(character: str) -> bool:
    return character.isprintable() and not unicodedata.category(character).startswith(("C", "Z"))


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


def code(text: str) -> str:
    """What a stranger has named, for Markdown: neither markup nor a link, and it calls nobody."""
    return f"<code>{references(text)}</code>"


def sarif_text(text: str) -> str:
    """The text as a message of SARIF, where brackets would make links."""
    return printable(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def references(text: str) -> str:
    """The text with each odd character as a reference (`&#64;`), for Markdown and HTML."""
    return "".join(
        character
        if character.isascii() and (character.isalnum() or character in "/- ")
        else f"&#{ord(character)};"
        for character in printable(text)
    )
