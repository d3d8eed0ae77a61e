"""Comments that say what to ignore: `# slim ignore=SL020`, and hadolint's own.

    # hadolint ignore=DL3008,DL3015
    RUN apt-get update && apt-get install -y curl

They count for the instruction behind them; `global ignore` counts for the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from slimmer.dockerfile import Source

_PRAGMA: Final = re.compile(
    r"(?:slim|hadolint)\s+(?P<everywhere>global\s+)?ignore\s*=\s*(?P<codes>[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)"
)


@dataclass(frozen=True, kw_only=True)
class Pragmas:
    """The codes that a file tells to ignore."""

    everywhere: frozenset[str]
    by_line: Mapping[int, frozenset[str]]
    """For each line of an instruction that a comment stands before."""

    def ignore(self, codes: frozenset[str], line: int) -> bool:
        """Whether one of the codes is not to be told of in a line."""
        return not codes.isdisjoint(self.everywhere | self.by_line.get(line, frozenset()))


def pragmas_of(source: Source) -> Pragmas:
    """All of a file."""
    everywhere: set[str] = set()
    by_line: dict[int, frozenset[str]] = {}
    for comment in source.comments:
        found = _PRAGMA.match(comment.text)
        if found is None:
            continue
        codes = frozenset(re.findall(r"[A-Z]+\d+", found["codes"]))
        if found["everywhere"]:
            everywhere |= codes
            continue
        behind = [each for each in source.instructions if each.end_line > comment.line]
        for number in range(behind[0].line, behind[0].end_line + 1) if behind else ():
            by_line[number] = by_line.get(number, frozenset()) | codes
    return Pragmas(everywhere=frozenset(everywhere), by_line=by_line)
