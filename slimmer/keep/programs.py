"""Programs by name, found in the index as execvp finds them in a file system."""

from __future__ import annotations

from functools import cached_property

from slimmer.files import RootfsIndex, join, name_of, parent_of
from slimmer.values import Entry, EntryType

INSTALLERS = frozenset(
    (*("apt", "apt-get", "aptitude", "apk", "dpkg", "dnf", "microdnf", "rpm", "yum", "zypper"),)
)
"""They would install into an image whose package database is that of what is left, so no text that
names them keeps them."""


def is_program(entry: Entry | None) -> bool:
    """Whether the kernel might execute this entry for somebody."""
    return entry is not None and entry.type is EntryType.FILE and bool(entry.mode & 0o111)


class Programs:
    """One PATH over one index."""

    def __init__(self, index: RootfsIndex, search_path: str, *, directory: str = "/") -> None:
        """`directory` is what relative names and relative parts of PATH are taken from."""
        self._index = index
        self._directory = directory
        self._directories = [join(directory, part or ".") for part in search_path.split(":")]
        self._parents = frozenset(each.rstrip("/") or "/" for each in self._directories)
        self._found: dict[str, str] = {}

    def has(self, path: str) -> bool:
        """Whether `path` is what its own name finds."""
        return parent_of(path) in self._parents and self.find(name_of(path)) == path

    def find(self, name: str) -> str:
        """The path by which `name` would be executed, links in it unresolved; empty where no
        program answers to that name."""
        if name not in self._found:
            self._found[name] = self._search(name)
        return self._found[name]

    @cached_property
    def folders(self) -> frozenset[str]:
        """The real directories of PATH."""
        real = map(self._index.real_path, self._directories)
        return frozenset(filter(None, real))

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that a program answers to."""
        return frozenset(
            name_of(entry.path)
            for folder in self.folders
            for entry in self._index.children(folder)
            if entry.type is not EntryType.DIRECTORY
        )

    def _search(self, name: str) -> str:
        if not name:
            return ""
        places = [self._directory] if "/" in name else self._directories
        for place in places:
            path = join(place, name)
            if is_program(self._index.resolve(path).entry):
                return path
        return ""


def privileges_of(program: Entry) -> list[str]:
    """What makes a program more than its caller, in words."""
    means = []
    if program.mode & 0o4000:
        means.append("setuid")
    # Without group execution the bit asks for mandatory locks, and grants nothing.
    if program.mode & 0o2000 and program.mode & 0o010:
        means.append("setgid")
    if any(name == "security.capability" for name, _ in program.xattrs):
        means.append("file capabilities")
    return means
