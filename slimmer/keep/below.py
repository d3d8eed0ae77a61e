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
        folder = parent_of(path)
        known = self._known.get(folder)
        return (self._learn(folder) if known is None else known) or self._is_one(path)

    def _learn(self, folder: str) -> bool:
        folders = []
        while folder not in self._known:
            folders.append(folder)
            folder = parent_of(folder)
        answer = self._known[folder]
        for below in reversed(folders):
            answer = self._known[below] = answer or self._is_one(below)
        return answer
