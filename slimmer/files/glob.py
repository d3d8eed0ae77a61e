"""Glob patterns over image paths, for `--exclude`.

`*` and `?` stop at `/`, `**` does not, `[a-z]` and `[!a-z]` are sets. A pattern without `/`
names a file or directory anywhere, as in .gitignore; any other is matched from the root. What
matches a directory covers all that is below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from slimmer.files.paths import parent_of


class PathGlobs:
    """A set of patterns that is asked about many paths, most of them in the same directories."""

    def __init__(self, patterns: Iterable[str]) -> None:
        translated = [_translate(pattern) for pattern in patterns if pattern.strip("/")]
        self._expression = re.compile("|".join(translated), re.DOTALL) if translated else None
        self._known: dict[str, bool] = {"/": False}

    def __bool__(self) -> bool:
        return self._expression is not None

    def covers(self, path: str) -> bool:
        """Whether a pattern matches this path or a directory above it."""
        if self._expression is None:
            return False
        asked = []
        while path not in self._known:
            asked.append(path)
            path = parent_of(path)
        covered = self._known[path]
        for below in reversed(asked):
            covered = covered or self._expression.fullmatch(below) is not None
            self._known[below] = covered
        return covered


def _translate(pattern: str) -> str:
    """The regular expression of one pattern, over absolute paths without trailing slash."""
    pattern = pattern.rstrip("/")
    anchored = "/" in pattern
    pattern = pattern.lstrip("/")
    parts = [r"(?:/|.*/)" if not anchored else "/"]
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if pattern.startswith("**/", position):
            # `a/**/b` names `a/b` as well.
            parts.append(r"(?:.*/)?")
            position += 3
        elif pattern.startswith("**", position):
            parts.append(".*")
            position += 2
        elif character == "*":
            parts.append("[^/]*")
            position += 1
        elif character == "?":
            parts.append("[^/]")
            position += 1
        elif character == "[" and (end := _end_of_set(pattern, position)) != -1:
            parts.append(_set(pattern[position + 1 : end]))
            position = end + 1
        else:
            parts.append(re.escape(character))
            position += 1
    return "".join(parts)


def _end_of_set(pattern: str, start: int) -> int:
    """Where the `]` of the set that starts here is, -1 where it has none: `[]a]` holds a `]`."""
    first_member = start + 1 + pattern.startswith(("!", "^"), start + 1)
    return pattern.find("]", first_member + 1)


def _set(members: str) -> str:
    negated = members.startswith(("!", "^"))
    if negated:
        members = members[1:]
    ranges = []
    position = 0
    while position < len(members):
        first = last = members[position]
        if members[position + 1 : position + 2] == "-" and position + 2 < len(members):
            last = members[position + 2]
            position += 2
        position += 1
        if first <= last:
            ranges.append(f"{re.escape(first)}-{re.escape(last)}")
    if not ranges:
        return "(?!)" if not negated else "[^/]"
    return f"(?!/)[{'^' if negated else ''}{''.join(ranges)}]"
