"""Whether a path lies in one of many directories, asked of all the paths of an image."""

from __future__ import annotations

from collections.abc import Callable

from slimmer.files import parent_of


class Below:
    """The directories (or files) that `is_one` holds for, with all that is below them. Each path is
    asked about once."""

    def __init__(self, is_one: Callable[[str], bool]) -> None:
        """`/` is none of them."""
        self._is_one = is_one
        self._known = {"/": False}

    def __contains__(self, path: str) -> bool:
        asked = []
        while path not in self._known:
            asked.append(path)
            path = parent_of(path)
        answer = self._known[path]
        for below in reversed(asked):
            answer = answer or self._is_one(below)
            self._known[below] = answer
        return answer
