"""A real directory tree as rootfs index and content, so that packing is tested on real files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from slimmer.values import Entry, EntryType

_TYPES = {
    stat.S_IFREG: EntryType.FILE,
    stat.S_IFDIR: EntryType.DIRECTORY,
    stat.S_IFLNK: EntryType.SYMLINK,
    stat.S_IFCHR: EntryType.CHARACTER_DEVICE,
    stat.S_IFBLK: EntryType.BLOCK_DEVICE,
    stat.S_IFIFO: EntryType.FIFO,
    stat.S_IFSOCK: EntryType.SOCKET,
}


class TreeContent:
    """values.Content over a directory; remembers what was fetched."""

    def __init__(self, root: Path) -> None:
        self._root = os.fsencode(root)
        self.fetched: list[str] = []

    def fetch(self, paths: Iterable[str]) -> None:
        self.fetched.extend(paths)

    def open(self, path: str) -> BinaryIO:
        return open(self._root + os.fsencode(path), "rb")

    def head(self, path: str, size: int) -> bytes:
        with self.open(path) as stream:
            return stream.read(size)


def index_tree(root: Path) -> dict[str, Entry]:
    """path → entry for everything below `root`, `/` being `root` itself."""
    base = os.fsencode(root)
    found = {"/": read_entry(base, "/")}
    for folder, directories, files in os.walk(base):
        for name in (*directories, *files):
            path = os.fsdecode(os.path.join(folder, name)[len(base) :])
            found[path] = read_entry(base, path)
    return found


def read_entry(base: bytes, path: str) -> Entry:
    real = base + os.fsencode(path)
    status = os.lstat(real)
    kind = _TYPES[stat.S_IFMT(status.st_mode)]
    attributes = sorted(os.listxattr(real, follow_symlinks=False))
    return Entry(
        path=path,
        type=kind,
        mode=stat.S_IMODE(status.st_mode),
        uid=status.st_uid,
        gid=status.st_gid,
        size=status.st_size if kind is EntryType.FILE else 0,
        mtime_ns=status.st_mtime_ns,
        inode=status.st_ino,
        link_count=status.st_nlink,
        link_target=os.fsdecode(os.readlink(real)) if kind is EntryType.SYMLINK else "",
        device=(os.major(status.st_rdev), os.minor(status.st_rdev))
        if kind in (EntryType.CHARACTER_DEVICE, EntryType.BLOCK_DEVICE)
        else (0, 0),
        xattrs=tuple((name, os.getxattr(real, name, follow_symlinks=False)) for name in attributes),
    )


def nobody_owns(path: str) -> None:
    """A package database that knows nothing."""
