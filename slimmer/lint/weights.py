"""Which files and folders of a context weigh most."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.dockerfile import ContextFile

_MOSTLY = 0.9
"""A folder is entered as long as one thing in it has this share of its bytes."""


def heaviest(files: Iterable[ContextFile], limit: int = 10) -> tuple[tuple[str, int], ...]:
    """The largest entries of the context, folders with a slash at their end, and their bytes: of
    the top folders, or of what makes up nearly all of one."""
    sums: dict[str, int] = {}
    inside: dict[str, set[str]] = {}
    for file in files:
        parts = file.path.split("/")
        above = ""
        for depth in range(1, len(parts) + 1):
            path = "/".join(parts[:depth]) + ("/" if depth < len(parts) else "")
            sums[path] = sums.get(path, 0) + file.size
            inside.setdefault(above, set()).add(path)
            above = path
    found = (_described(path, sums, inside) for path in inside.get("", ()))
    largest = sorted(found, key=lambda path: (-sums[path], path))[:limit]
    return tuple((path, sums[path]) for path in largest if sums[path])


def _described(path: str, sums: dict[str, int], inside: dict[str, set[str]]) -> str:
    while path in inside:
        below = max(inside[path], key=lambda each: (sums[each], each))
        if sums[below] < _MOSTLY * sums[path]:
            break
        path = below
    return path
