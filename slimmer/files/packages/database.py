"""Which distribution package owns which path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from slimmer.files.index import RootfsIndex
from slimmer.files.paths import join, name_of, parent_of
from slimmer.values import Entry, EntryType

# Besides those that are essential.
_BASE = frozenset(("apt", "adduser", "apk-tools", "busybox", "gpgv", "mawk", "usrmerge"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """One installed package of the distribution."""

    name: str
    version: str
    architecture: str
    source: str
    """The source package (`o:` in apk's words); the package's own name where it says none."""
    manager: str
    """`dpkg`, `apk` or `rpm`."""
    depends: tuple[tuple[str, ...], ...] = field(default=(), compare=False)
    """What must be installed with it: of each group one name, without versions. In apk's words
    `so:libz.so.1`, `cmd:sh` and paths are names as well."""
    provides: tuple[str, ...] = field(default=(), compare=False)
    """Other names under which packages may depend on it."""
    section: str = field(default="", compare=False)
    """What it is for, in the distribution's words: `libdevel`, `contrib/net`; apk has none."""
    requested: bool = field(default=False, compare=False)
    """Whether somebody asked for it by name, as opposed to what came with another one. Unknown
    where the manager keeps no record: then False."""
    installed: int = field(default=0, compare=False)
    """When it was, in seconds since 1970; 0 where that is not known."""
    essential: bool = field(default=False, compare=False)
    """Whether the distribution installs it everywhere: the shell, the basic tools. apk knows no
    such packages."""

    def was_there(self, when: int) -> bool:
        """Whether it was installed at that time, as far as that is known."""
        return 0 < self.installed <= when


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
        self._files: Mapping[Package, Sequence[str]] | None = None
        self._providers: dict[str, list[Package]] | None = None
        real_directories: dict[str, str] = {}
        entry_of, own = index.entries.get, self._owners.setdefault  # there may be many files
        directory_type, link_type = EntryType.DIRECTORY, EntryType.SYMLINK
        for package, paths in files.items():
            for path in paths:
                entry = entry_of(path)
                if entry is None:
                    directory = parent_of(path)
                    real = real_directories.get(directory)
                    if real is None:
                        real = real_directories[directory] = index.real_path(directory)
                    entry = entry_of(join(real, name_of(path))) if real else None
                    if entry is None:
                        continue
                kind = entry.type
                if kind is directory_type:
                    continue
                if kind is link_type and _was_directory(index, entry, path, paths):
                    continue
                own(entry.path, package)

    def __len__(self) -> int:
        return len(self.packages)

    def owner(self, path: str) -> Package | None:
        """The package that put this file or link there; None for directories, for files that no
        package owns, and for paths that are not in the index."""
        return self._owners.get(path)

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every directory with a packaged file anywhere below, but the root."""
        found: set[str] = set()
        for path in self._owners:
            directory = parent_of(path)
            while directory != "/" and directory not in found:
                found.add(directory)
                directory = parent_of(directory)
        return frozenset(found)

    def dependencies(self, package: Package) -> list[Package]:
        """What the package depends on and is installed, in the order of its words; of alternatives
        those that are there. A name that nothing answers to is left out: somebody has forced the
        package's installation, or removal."""
        if self._providers is None:
            self._providers = {}
            for each in self.packages:
                for name in (each.name, *each.provides):
                    self._providers.setdefault(name, []).append(each)
        found: dict[Package, None] = {}
        for group in package.depends:
            for name in group:
                found |= dict.fromkeys(self._providers.get(name, ()))
        found.pop(package, None)
        return list(found)

    @cached_property
    def base(self) -> frozenset[str]:
        """Names of packages of which the distribution makes its images: nobody has asked for any of
        them, though no record says so."""
        pending = [each for each in self.packages if each.essential or each.name in _BASE]
        found: set[str] = set()
        while pending:
            package = pending.pop()
            if package.name not in found:
                found.add(package.name)
                pending += self.dependencies(package)
        return frozenset(found)

    @cached_property
    def asked_for(self) -> Mapping[Package, Package]:
        """What somebody has installed by name, and what that needs of the same source, each with
        the one that was named: `bind9-dnsutils` is installed, and has its `host` in bind9-host."""
        requested = [each for each in self.packages if each.requested]
        found = {each: each for each in requested}
        for each in requested:
            for part in self.of_one_source(each):
                found.setdefault(part, each)
        return found

    def of_one_source(self, package: Package) -> list[Package]:
        """The package, and what it depends on that was made of the same source."""
        found = [package]
        for part in found:
            for other in self.dependencies(part):
                if other.source == package.source and other not in found:
                    found.append(other)
        return found

    def files(self) -> Mapping[Package, Sequence[str]]:
        """Package → its files that the image has, each sorted; packages without any are there."""
        if self._files is None:
            # By identity: a package's hash is over all of its fields, and there may be many files.
            owned: dict[int, list[str]] = {id(package): [] for package in self.packages}
            for path, package in self._owners.items():
                owned[id(package)].append(path)
            self._files = {package: sorted(owned[id(package)]) for package in self.packages}
        return self._files


def _was_directory(index: RootfsIndex, entry: Entry, path: str, paths: Sequence[str]) -> bool:
    """Whether the link is where the package has a directory with something in it."""
    target = index.resolve(entry.path).entry
    if target is None or target.type is not EntryType.DIRECTORY:
        return False
    below = path + "/"
    return any(other.startswith(below) for other in paths)
