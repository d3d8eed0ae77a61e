"""Which layer a path belongs to, by how often what lies there changes.

Everything is decided from the index and from package ownership. The lists below are the
file system hierarchy and the package managers' own conventions; no application is named.

Where the answer is unsure the upper layer is chosen: a generated cache among the application's
files costs some kilobytes at the next push, the application's files among the system's cost
the whole system layer.
"""

from __future__ import annotations

import math
import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from typing import Final

from slimmer.pack.directories import parents, seconds
from slimmer.values import Entry, EntryType

SYSTEM: Final = "system"
DEPENDENCIES: Final = "dependencies"
APPLICATION: Final = "application"

LAYER_ORDER: Final = (SYSTEM, DEPENDENCIES, APPLICATION)
"""Lowest first."""

_INSTALLED_FOLDERS: Final = frozenset(
    {
        "/usr/local/bin",  # scripts and interpreters of a language's package manager
        "/usr/local/bundle",  # Ruby's official images
        "/usr/local/sbin",
    }
)

_SYSTEM_FOLDERS: Final = frozenset(
    {
        "/bin",
        "/boot",
        "/dev",
        "/etc/alternatives",
        "/etc/apk",
        "/etc/apt",
        "/etc/ca-certificates",
        "/etc/dpkg",
        "/etc/pki",
        "/etc/ssl",
        "/lib",
        "/lib32",
        "/lib64",
        "/libx32",
        "/media",
        "/mnt",
        "/proc",
        "/run",
        "/sbin",
        "/sys",
        "/tmp",
        "/usr/bin",
        "/usr/include",
        "/usr/lib",
        "/usr/lib32",
        "/usr/lib64",
        "/usr/libexec",
        "/usr/libx32",
        "/usr/local/include",
        "/usr/local/lib",
        "/usr/local/share",
        "/usr/sbin",
        "/var/cache",
        "/var/lib/apk",
        "/var/lib/apt",
        "/var/lib/dpkg",
        "/var/lib/rpm",
        "/var/log",
        "/var/run",
        "/var/tmp",
    }
)

_GENERATED_AT_INSTALLATION: Final = frozenset(
    "/etc/" + name
    for name in (
        "alpine-release",
        "debian_version",
        "environment",
        "group",
        "group-",
        "gshadow",
        "gshadow-",
        "host.conf",
        "hostname",
        "hosts",
        "ld.so.cache",
        "ld.so.conf",
        "localtime",
        "machine-id",
        "mtab",
        "nsswitch.conf",
        "os-release",
        "passwd",
        "passwd-",
        "profile",
        "protocols",
        "resolv.conf",
        "services",
        "shadow",
        "shadow-",
        "shells",
        "subgid",
        "subuid",
        "timezone",
    )
)
"""Files that no package owns because its installation scripts write them."""

_PROGRAM_FOLDERS: Final = ("/bin/", "/lib", "/sbin/", "/usr/")
"""What no package owns there was made by an installation of another kind: a language that was built
from its source is as steady as the system."""

_PACKAGE_DATABASES: Final = (
    "/var/lib/dpkg/status",
    "/lib/apk/db/installed",
    "/usr/lib/apk/db/installed",
    *(
        f"{folder}/{name}"
        for folder in ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
        for name in ("rpmdb.sqlite", "Packages.db", "Packages")
    ),
)


def last_installation(entry: Callable[[str], Entry | None]) -> float:
    """When the distribution's packages were last changed, in seconds since the epoch; minus
    infinity where there is no database that would tell."""
    databases = (entry(path) for path in _PACKAGE_DATABASES)
    return max((seconds(found) for found in databases if found is not None), default=-math.inf)


class Placement:
    """Answers `layer(path)` for the paths of one image; keeps what it learned about folders."""

    def __init__(
        self,
        *,
        entry: Callable[[str], Entry | None],
        owner: Callable[[str], object | None],
        paths: Iterable[str],
        dependency_folders: Set[str],
        working_directory: str = "",
    ) -> None:
        """`entry` and `owner` look a path up in the index and in the package database;
        `dependency_folders` are the names under which languages install packages, `NAME/CHILD`
        where only a folder with that child is meant.

        `paths` are all that are kept: whether any is owned tells whether the image has a
        package database. `working_directory` is the image's WORKDIR.
        """
        self._entry = entry
        self._owner = owner
        self._dependency_folders = {
            name: child
            for name, _, child in (folder.partition("/") for folder in dependency_folders)
        }
        self._has_packages = any(owner(path) is not None for path in paths)
        self._application_root = _application_root(working_directory)
        self._in_environment: dict[str, bool] = {}
        self._installed_into: dict[str, bool] = {}

    def layer(self, path: str) -> str:
        """The name of the layer in which the path is at home."""
        if self._owner(path) is not None:
            return SYSTEM
        folder, _, name = path.rpartition("/")
        folders = folder.split("/")
        if folders[-1] == "__pycache__":
            # Byte code that an installation script made follows the source beside it.
            source = "/".join(folders[:-1]) + "/" + name.partition(".")[0] + ".py"
            if self._owner(source) is not None:
                return SYSTEM
        if (
            self._is_installed_into(path)
            or self.is_installed(path)
            or self._is_in_environment(path if self._is_directory(path) else folder)
        ):
            return DEPENDENCIES
        root = self._application_root
        if root and (path == root or path.startswith(root + "/")):
            return APPLICATION
        if path in _GENERATED_AT_INSTALLATION or _lies_in(path, _SYSTEM_FOLDERS):
            return SYSTEM
        if _lies_in(path, _INSTALLED_FOLDERS):
            return DEPENDENCIES
        if path.startswith("/usr/share/") and (not self._has_packages or self._is_directory(path)):
            return SYSTEM
        return APPLICATION

    def is_installed(self, path: str) -> bool:
        """Whether the path lies below a folder into which a language installs packages."""
        if self._dependency_folders.keys().isdisjoint(path.split("/")):
            return False
        return any(map(self._is_installed_into, parents(path)))

    def _is_installed_into(self, path: str) -> bool:
        """Whether this is such a folder. Some names are those of ordinary folders as well: what
        `collectstatic` copies has a `vendor`, and is no package of Composer."""
        child = self._dependency_folders.get(path.rpartition("/")[2])
        if not child:
            return child is not None
        known = self._installed_into.get(path)
        if known is None:
            known = self._entry(f"{path}/{child}") is not None
            self._installed_into[path] = known
        return known

    def changed_later(self, entries: Collection[Entry], installed: float) -> Iterator[str]:
        """The paths of the system that were changed after the packages were installed: by hand, by
        a step that adds a user, or by the engine. Directories are another matter."""
        files = [entry for entry in entries if entry.type is not EntryType.DIRECTORY]
        owned = [entry for entry in files if self._owner(entry.path) is not None]
        later = sum(seconds(entry) > installed for entry in owned)
        if installed == -math.inf or later * 2 > len(owned) > 0:
            return  # the database has a time that says nothing, as builders give it that fake all
        for entry in files:
            if seconds(entry) <= installed:
                continue
            if entry.path.startswith(_PROGRAM_FOLDERS) and self._owner(entry.path) is None:
                continue
            if self.layer(entry.path) == SYSTEM:
                yield entry.path

    def _is_directory(self, path: str) -> bool:
        """Directories are in no package alone: databases name them under each that uses them."""
        entry = self._entry(path)
        return entry is not None and entry.type is EntryType.DIRECTORY

    def _is_in_environment(self, path: str) -> bool:
        """Whether the folder, or one on the way to it, is a Python virtual environment (it has
        `pyvenv.cfg`)."""
        unknown = []
        answer = False
        while path:
            known = self._in_environment.get(path)
            if known is not None:
                answer = known
                break
            unknown.append(path)
            if self._entry(path + "/pyvenv.cfg") is not None:
                answer = True
                break
            path = path.rpartition("/")[0]
        self._in_environment.update(dict.fromkeys(unknown, answer))
        return answer


def _application_root(working_directory: str) -> str:
    """The WORKDIR, unless it is a place where a whole system lies beside the application."""
    if not working_directory.startswith("/"):
        return ""
    root = "/" + posixpath.normpath(working_directory).lstrip("/")
    if _lies_in(root, _SYSTEM_FOLDERS):
        return ""
    if any(folder.startswith(root.rstrip("/") + "/") for folder in _SYSTEM_FOLDERS):
        return ""
    return root


def _lies_in(path: str, folders: Set[str]) -> bool:
    """Whether the path is one of the folders (none deeper than three levels) or below one."""
    parts = path.split("/", 4)
    return any("/".join(parts[:depth]) in folders for depth in range(2, min(len(parts), 4) + 1))
