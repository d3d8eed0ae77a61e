"""Which files and folders of a context weigh most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from slimmer.dockerfile import ContextFile

_MOSTLY: Final = 0.9
"""A folder is entered as long as one thing in it has this share of its bytes."""


def heaviest(files: Iterable[ContextFile], limit: int = 10) -> tuple[tuple[str, int], ...]:
    """The largest entries of the context, folders with a slash at their end, and their bytes: of
    the top folders, or of what makes up nearly all of one."""
    top: dict[str, int] = {}
    own: dict[str, int] = {}
    largest_file: dict[str, ContextFile] = {}
    for file in files:
        folder, slash, _ = file.path.rpartition("/")
        if not slash:
            top[file.path] = file.size
            continue
        own[folder] = own.get(folder, 0) + file.size
        if folder not in largest_file or largest_file[folder].size < file.size:
            largest_file[folder] = file
    totals, largest_folder = _folders(own)
    top.update((f"{folder}/", total) for folder, total in totals.items() if "/" not in folder)
    found = sorted(top.items(), key=lambda each: (-each[1], each[0]))[:limit]
    entered = []
    for path, weight in found:
        folder = path.removesuffix("/")
        while path.endswith("/"):
            below = largest_folder.get(folder, "")
            largest = largest_file.get(folder)
            if below and totals[below] >= _MOSTLY * weight:
                path, folder, weight = f"{below}/", below, totals[below]
            elif largest and largest.size >= _MOSTLY * weight:
                path, weight = largest.path, largest.size
            else:
                break
        entered.append((path, weight))
    return tuple((path, weight) for path, weight in entered if weight)


def _folders(own: dict[str, int]) -> tuple[dict[str, int], dict[str, str]]:
    """Folder → bytes of all that is below it, and → the largest folder in it."""
    totals: dict[str, int] = {}
    for folder, weight in own.items():
        while folder:
            totals[folder] = totals.get(folder, 0) + weight
            folder = folder.rpartition("/")[0]
    largest: dict[str, str] = {}
    for folder, weight in totals.items():
        above = folder.rpartition("/")[0]
        if above and (above not in largest or totals[largest[above]] < weight):
            largest[above] = folder
    return totals, largest
