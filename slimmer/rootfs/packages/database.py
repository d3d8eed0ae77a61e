"""Which distribution package owns which path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slimmer.model import Entry, EntryType
from slimmer.rootfs.index import RootfsIndex
from slimmer.rootfs.paths import join, name_of, parent_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """One installed package of the distribution."""

    name: str
    version: str
    architecture: str
    source: str
    """The source package (`o:` in apk's words); the package's own name where it says none."""
    manager: str
    """`dpkg` or `apk`."""


class PackageDatabase:
    """All installed packages and their files, by real path. Never changed after it is built."""

    def __init__(self, files: Mapping[Package, Sequence[str]], index: RootfsIndex) -> None:
        """`files` are the paths as the package manager recorded them: `/bin/ls` where `/bin` has
        become a link to `/usr/bin` is the file `/usr/bin/ls`. What the index does not have is left
        out (documentation that was never unpacked), and so are directories, which packages share,
        and links that were directories when a package was unpacked: `/bin` itself.
        """
        self.packages = tuple(files)
        """In the order of the manager's database."""
        self._owners: dict[str, Package] = {}
        real_directories: dict[str, str] = {}
        for package, paths in files.items():
            for path in paths:
                entry = index.get(path)
                if entry is None:
                    directory = parent_of(path)
                    real = real_directories.get(directory)
                    if real is None:
                        real = real_directories[directory] = index.real_path(directory)
                    entry = index.get(join(real, name_of(path))) if real else None
                if entry is None or entry.type is EntryType.DIRECTORY:
                    continue
                if _was_directory(index, entry, path, paths):
                    continue
                self._owners.setdefault(entry.path, package)

    def __len__(self) -> int:
        return len(self.packages)

    def owner(self, path: str) -> Package | None:
        """The package that put this file or link there; None for directories, for files that no
        package owns, and for paths that are not in the index."""
        return self._owners.get(path)

    def files(self) -> dict[Package, list[str]]:
        """Package → its files that the image has, each sorted; packages without any are there."""
        owned: dict[Package, list[str]] = {package: [] for package in self.packages}
        for path in sorted(self._owners):
            owned[self._owners[path]].append(path)
        return owned


def _was_directory(index: RootfsIndex, entry: Entry, path: str, paths: Sequence[str]) -> bool:
    """Whether a link is where the package has a directory with something in it."""
    if entry.type is not EntryType.SYMLINK:
        return False
    target = index.resolve(entry.path).entry
    if target is None or target.type is not EntryType.DIRECTORY:
        return False
    below = path + "/"
    return any(other.startswith(below) for other in paths)
