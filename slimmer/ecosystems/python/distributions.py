"""Installed Python distributions: what each consists of, and what it requires.

Metadata as the packaging specifications have it (`*.dist-info` with RECORD), as setuptools wrote
it before (`*.egg-info`, with or without a list of files), and as Debian packs it (RECORD left
out, the list of files is dpkg's).
"""

from __future__ import annotations

import csv
import os
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from slimmer.ecosystems.python.files import CACHE, source_of
from slimmer.files import PackageDatabase, RootfsIndex, join, name_of, parent_of
from slimmer.values import Content, EntryType

METADATA_SUFFIXES = (".dist-info", ".egg-info")
_FILE_LISTS = ("RECORD", "installed-files.txt")
TOP_LEVELS = "top_level.txt"
_STARTED_BY_PTH = re.compile(r"""(?:\bimport\s+|__import__\(\s*['"])(_\w*)""")
_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)""")
# Extras for those who change the distribution, and those that repeat all others.
_DEVELOPMENT = re.compile(
    r"test|dev|doc|lint|typ|mypy|check|bench|build|release|cov|format|style|debug|sphinx|all$|full$"
    r"|^ci$|^qa$|^nox"
)
_INSTALLERS = frozenset(
    (
        *("pip", "setuptools", "wheel", "build", "virtualenv", "twine", "uv", "pipx", "pipenv"),
        *("pip-tools", "poetry", "poetry-core", "hatch", "hatchling", "flit", "flit-core", "pdm"),
    )
)
_TOOLS = frozenset(
    (
        *("bandit", "black", "coverage", "flake8", "hypothesis", "isort", "mypy", "nox"),
        *("pre-commit", "pycodestyle", "pyflakes", "pylint", "pyright", "pytest", "ruff"),
        *("safety", "sphinx", "tox"),
    )
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """One installed distribution."""

    name: str
    """Normalised as PEP 503 says: `ruamel-yaml`."""
    metadata: str
    """Path of its `.dist-info` or `.egg-info`, a directory or (in old ones) a file."""
    files: tuple[str, ...]
    """Its files that the index has, metadata left out."""


class Site:
    """One directory of distributions (`site-packages`), read at once."""

    def __init__(
        self,
        folder: str,
        metadata: Sequence[str],
        index: RootfsIndex,
        content: Content,
        packages: PackageDatabase | None,
    ) -> None:
        """`metadata` are the metadata paths in `folder`. One round trip for the lists of files."""
        self.folder = folder
        self._index = index
        self._content = content
        self._packages = packages
        self._files_of_package: dict[str, list[str]] | None = None
        children = [entry.path for entry in index.children(folder)]
        starters = [path for path in children if path.endswith(".pth") and index.is_file(path)]
        lists = [path for each in metadata for path in lists_of(index, each)]
        content.fetch((*lists, *starters))
        self._started = {
            f"{folder}/{name}"
            for path in starters
            for name in _STARTED_BY_PTH.findall(_text(content, path))
        }
        self._children = children
        self.distributions = {each.name: each for each in (self._read(path) for path in metadata)}
        self._owners = {path: each for each in self.distributions.values() for path in each.files}
        self._owners |= {each.metadata: each for each in self.distributions.values()}

    def owner(self, path: str) -> Distribution | None:
        """The distribution that this file makes a touched one, else None: metadata alone is read
        of all distributions by whoever lists entry points, and what a `.pth` file starts
        (`_distutils_hack`) runs in every Python."""
        if path.endswith(".pth") or self._is_started_by_pth(path):
            return None
        return self._owners.get(path) or self._owners.get(source_of(path))

    def has(self, path: str) -> bool:
        """Whether a distribution lists this file, or the metadata that it lies in is one's."""
        if path in self._owners:
            return True
        first = path[len(self.folder) + 1 :].partition("/")[0]
        return f"{self.folder}/{first}" in self._owners

    def imported(self, module: str) -> Distribution | None:
        """The distribution that has this module, or the nearest package above it."""
        while module:
            path = f"{self.folder}/{module.replace('.', '/')}"
            for candidate in (f"{path}.py", f"{path}/__init__.py"):
                if candidate in self._owners:
                    return self._owners[candidate]
            module = module.rpartition(".")[0]
        return None

    def _is_started_by_pth(self, path: str) -> bool:
        first = path[len(self.folder) + 1 :].partition("/")[0]
        return f"{self.folder}/{first.removesuffix('.py')}" in self._started

    def _read(self, metadata: str) -> Distribution:
        name = name_of_metadata(metadata)
        listed = listed_files(self._index, self._content, metadata)
        if listed is None:
            listed = self._packaged(metadata)
        if listed is None:
            listed = self._guessed(metadata, name)
        own = metadata + "/"
        files = [path for path in listed if not path.startswith(own) and path in self._index]
        return Distribution(name=name, metadata=metadata, files=tuple(dict.fromkeys(files)))

    def _packaged(self, metadata: str) -> list[str] | None:
        """What the distribution package that brought the metadata has in this site."""
        if self._packages is None:
            return None
        example = metadata
        if not self._index.is_file(metadata):
            example = next((each.path for each in self._index.children(metadata)), "")
        package = self._packages.owner(example)
        if package is None:
            return None
        return [
            path
            for path in self._packages.files()[package]
            if path.startswith(self.folder + "/") and not _is_metadata_of_other(path, self.folder)
        ]

    def _guessed(self, metadata: str, name: str) -> list[str]:
        """Modules and packages of the names in top_level.txt, or of the distribution's own."""
        top_levels = f"{metadata}/{TOP_LEVELS}"
        names = {name, name.replace("-", "_")}
        if self._index.is_file(top_levels):
            names = set(_text(self._content, top_levels).split())
        files: list[str] = []
        for child in self._children:
            if name_of(child).partition(".")[0] in names and not child.endswith(METADATA_SUFFIXES):
                files += (
                    entry.path
                    for entry in self._index.subtree(child)
                    if entry.type is not EntryType.DIRECTORY
                    and name_of(parent_of(entry.path)) != CACHE
                )
        return files


def metadata_by_site(named: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Directory → the metadata of the distributions that are installed in it."""
    sites: dict[str, list[str]] = {}
    for name, paths in named.items():
        if name.endswith(METADATA_SUFFIXES):
            for path in paths:
                sites.setdefault(parent_of(path), []).append(path)
    return sites


def name_of_metadata(metadata: str) -> str:
    """The distribution's normalised name, by the path of its metadata."""
    return normalized(re.split(r"-(?=\d)", name_of(metadata).rsplit(".", 1)[0])[0])


def metadata_file(index: RootfsIndex, metadata: str) -> str:
    """Where name, version and requirements of a distribution stand."""
    for path in (f"{metadata}/METADATA", f"{metadata}/PKG-INFO", metadata):
        if index.is_file(path):
            return path
    return ""


def lists_of(index: RootfsIndex, metadata: str) -> list[str]:
    """The files of a distribution's metadata that say what it consists of."""
    paths = (f"{metadata}/{name}" for name in (*_FILE_LISTS, TOP_LEVELS))
    return [path for path in paths if index.is_file(path)]


def listed_files(index: RootfsIndex, content: Content, metadata: str) -> list[str] | None:
    """From RECORD (paths relative to the site) or pip's older list (to the metadata), content of
    which is there; None where a distribution has neither."""
    for name, base in zip(_FILE_LISTS, (parent_of(metadata), metadata), strict=True):
        path = f"{metadata}/{name}"
        if index.is_file(path):
            return [_absolute(base, each) for each in _first_column(_text(content, path))]
    return None


def _first_column(text: str) -> Iterable[str]:
    if '"' in text:
        return (row[0] for row in csv.reader(text.splitlines()) if row and row[0])
    return (line.split(",", 1)[0] for line in text.splitlines() if line)


def _absolute(directory: str, path: str) -> str:
    joined = join(directory, path)
    # Most recorded paths have nothing to resolve, and there are tens of thousands.
    return posixpath.normpath(joined) if "./" in joined or "//" in joined else joined


def requirements(metadata: str) -> Iterable[str]:
    """Normalised names in `Requires-Dist`. Those of extras as well, where they are not for working
    on the distribution itself: who has installed pandas and openpyxl wants to read workbooks, which
    pandas alone imports, and by its name. Whether another condition holds
    (`; python_version < "3.8"`) was decided when it was installed, or not."""
    for line in metadata.split("\n"):
        if not line.rstrip("\r"):
            # The headers end here; a description may say anything. A line of blanks alone goes on
            # with a licence that stands among them.
            return
        field, _, value = line.partition(":")
        if field == "Requires-Dist":
            requirement, _, condition = value.partition(";")
            name = _NAME.match(requirement.strip())
            extra = _EXTRA.search(condition)
            if name and not (extra and _is_for_development(extra[1], normalized(name[0]))):
                yield normalized(name[0])


def old_requirements(requires: str) -> Iterable[str]:
    """Normalised names in the `requires.txt` that setuptools wrote before there was Requires-Dist,
    below no heading or one of a condition (`[:python_version < "3.8"]`). What is below an extra is
    left out: Debian installs it with fontTools, which has 200 MB of such."""
    is_extra = False
    for line in requires.splitlines():
        if line.startswith("["):
            is_extra = not line.startswith("[:")
        elif not is_extra and (name := _NAME.match(line)):
            yield normalized(name[0])


def _is_for_development(extra: str, name: str) -> bool:
    return bool(_DEVELOPMENT.search(extra.lower())) or name in _INSTALLERS


def is_for_development(name: str) -> bool:
    """Whether a distribution of this normalised name installs, tests, checks or formats others."""
    return name in _INSTALLERS or name in _TOOLS or name.startswith(("pytest-", "flake8-"))


def normalized(name: str) -> str:
    """PEP 503: `Ruamel.YAML` and `ruamel_yaml` are one."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_metadata_of_other(path: str, folder: str) -> bool:
    return path[len(folder) + 1 :].partition("/")[0].endswith(METADATA_SUFFIXES)


def _text(content: Content, path: str) -> str:
    with content.open(path) as stream:
        return os.fsdecode(stream.read())
