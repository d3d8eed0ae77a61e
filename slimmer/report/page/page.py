"""report.html: the report as one page that needs nothing beside it.

Style, script and data are inside; the page's own policy forbids every request, and names the
script and the style by their hashes, so nothing that a file's name smuggles in could run even
if it were not escaped. Words that repeat (directories, rules, details) are in it once: 5,000
paths take about half a megabyte.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources
from typing import Any, Final

from slimmer.report.page.markup import escaped
from slimmer.report.page.sections import sections
from slimmer.report.report import KeptPath, Report
from slimmer.words import printable

_FILES: Final = resources.files("slimmer.report.page") / "files"


def to_page(report: Report) -> str:
    """The report as HTML text, to be written as UTF-8."""
    style = (_FILES / "page.css").read_text("utf-8")
    script = (_FILES / "page.js").read_text("utf-8")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; "
        f"script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    )
    title = f"slimmer: {report.original.reference}"
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>{escaped(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n",
            *sections(report),
            f'<script type="application/json" id="kept-data">{_kept_data(report.kept)}</script>\n',
            f"<script>{script}</script>\n</body>\n</html>\n",
        )
    )


def _kept_data(kept: tuple[KeptPath, ...]) -> str:
    """The kept paths for the script: words once, everything else by position."""
    words: dict[str, int] = {}

    def word(text: str) -> int:
        return words.setdefault(printable(text), len(words))

    positions = {each.path: position for position, each in enumerate(kept)}
    rows: list[list[Any]] = []
    for each in kept:
        directory, _, name = each.path.rpartition("/")
        reasons = [
            [word(reason.rule), word(reason.detail), positions.get(reason.because, -1)]
            for reason in each.reasons
        ]
        rows.append(
            [
                word(directory or "/"),
                printable(name),
                word(each.type),
                each.size,
                word(each.layer),
                word(each.package),
                reasons,
            ]
        )
    data = json.dumps({"words": list(words), "rows": rows}, separators=(",", ":"))
    # `</script>` and `<!--` would end or change the element that the data is in.
    return data.replace("<", "\\u003c")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
