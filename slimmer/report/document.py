"""The report as JSON: one line per list element, so that `grep` and `diff` are of use on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slimmer.codec import Codec
from slimmer.report.report import Report

DOCUMENTS: Final = Codec()
"""report.json and dropped.json. Texts that are empty by default are left out."""


def to_json(report: Report) -> str:
    """The whole report as JSON text (ASCII), ending in a newline.

    Bytes of a path that are not UTF-8 appear as lone surrogates (`\\udc80` to `\\udcff`), as
    Python's `surrogateescape` writes them: `os.fsencode` gives the bytes back.
    """
    return "".join(json_pieces(report))


def json_pieces(report: Report) -> Iterator[str]:
    """The same, never in memory as a whole."""
    return DOCUMENTS.lines(report)
