"""Whether a path lies in one of many directories, asked of all the paths of an image."""

from __future__ import annotations

from collections.abc import Callable

from slimmer.files import parent_of


class Below:
    """The directories (or files) that `is_one` holds for, with all that is below them. What is
    known of a directory is kept for what else is in it."""

    def __init__(self, is_one: Callable[[str], bool]) -> None:
        """`/` is none of them."""
        self._is_one = is_one
        self._known = {"/": False}

    def __contains__(self, path: str) -> bool:
        known = self._known.get(path)
        if known is not None:
            return known
        folders = []
        folder = parent_of(path)
        while folder not in self._known:
            folders.append(folder)
            folder = parent_of(folder)
        answer = self._known[folder]
        for below in reversed(folders):
            answer = answer or self._is_one(below)
            self._known[below] = answer
        return answer or self._is_one(path)
