"""What `slim xray` found, for people, on a terminal or in a log."""

from __future__ import annotations

from typing import Final, TextIO

from slimmer.xray.document import Xray

SECTIONS: Final = (
    *("layers", "directories", "packages", "types", "hidden", "duplicates", "findings"),
    "dockerfile",
)
"""What can be asked for, in the order in which it is shown; the last one only if it is."""


def terminal_xray(xray: Xray, stream: TextIO, *, limit: int, sections: frozenset[str]) -> None:
    """Write it in colours on a terminal, the same as plain text elsewhere. `limit`: rows of each
    list; `sections`: the lists that are wanted, all where it is empty.

    What draws it is loaded only now: with --json nobody needs it.
    """
    from slimmer.xray.terminal.drawing import write_xray

    write_xray(xray, stream, limit, sections or frozenset(SECTIONS[:-1]))
