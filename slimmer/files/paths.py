"""Paths inside an image are text, never paths of this machine: joined and split here, without
asking any file system. `..` is left alone, because only a walk over the links can answer it.
"""

from __future__ import annotations


def parent_of(path: str) -> str:
    """`/usr/bin` for `/usr/bin/env`; the root is its own parent, as in the kernel."""
    return path.rpartition("/")[0] or "/"


def name_of(path: str) -> str:
    """`env` for `/usr/bin/env`; empty for the root."""
    return path.rpartition("/")[2]


def join(directory: str, name: str) -> str:
    """`name` below `directory`; an absolute `name` replaces the directory."""
    if name.startswith("/"):
        return name
    return directory + name if directory.endswith("/") else f"{directory}/{name}"


def ancestors(path: str) -> list[str]:
    """Every directory above `path`, the root first: `/`, `/usr`, `/usr/bin` for `/usr/bin/env`."""
    if path == "/":
        return []
    found = ["/"]
    position = path.find("/", 1)
    while position != -1:
        found.append(path[:position])
        position = path.find("/", position + 1)
    return found


def is_below(path: str, directory: str) -> bool:
    """Whether `path` is `directory` or lies anywhere below it, by text alone."""
    return path == directory or directory == "/" or path.startswith(directory + "/")
