"""The build context: the files that a build is sent, and those that its ignore file keeps back."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from slimmer.dockerfile.copies import Copy
from slimmer.dockerfile.ignore import IgnoreFile, IgnorePattern, read_ignore_file
from slimmer.errors import DockerfileError
from slimmer.words import printable

NAME: Final = ".dockerignore"


@dataclass(frozen=True, kw_only=True)
class ContextFile:
    """A file that belongs to the context."""

    path: str
    """Below the context, without a slash in front."""
    size: int
    """Bytes; of a link, 0."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a build is sent: what `COPY . /` takes."""

    folder: Path
    ignore: IgnoreFile
    files: tuple[ContextFile, ...]
    """Sorted by path. Folders have no entry."""
    folders: frozenset[str] = field(repr=False)
    """Every folder that is not ignored itself, empty ones as well."""

    @cached_property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @cached_property
    def _by_path(self) -> dict[str, ContextFile]:
        return {file.path: file for file in self.files}

    def below(self, path: str) -> tuple[ContextFile, ...]:
        """The file of this path, or the files of this folder; `.` is the context itself."""
        if path == ".":
            return self.files
        found = self._by_path.get(path)
        return (found,) if found else self._of_folder(path)

    def _of_folder(self, path: str) -> tuple[ContextFile, ...]:
        start = path + "/"
        return tuple(file for file in self.files if file.path.startswith(start))

    def taken(self, copy: Copy) -> tuple[ContextFile, ...]:
        """The files that a COPY takes from the context."""
        if copy.origin is not None:
            return ()
        found: dict[str, ContextFile] = {}
        for source in copy.sources:
            for path in self.matching(source):
                found.update((file.path, file) for file in self.below(path))
        if not copy.excludes:
            return tuple(found.values())
        text = "\n".join(copy.excludes).encode("utf-8", "surrogateescape")
        excluded = read_ignore_file(text, "--exclude")
        return tuple(file for file in found.values() if excluded.verdict(file.path) is None)

    def matching(self, source: str) -> tuple[str, ...]:
        """The paths of the context that a source names: itself, or what its pattern matches."""
        if source == "." or source in self._by_path or source in self.folders:
            return (source,)
        expression = _wildcards(source)
        if expression is None:
            return ()
        names = {*self._by_path, *self.folders}
        return tuple(sorted(name for name in names if expression.fullmatch(name)))

    def placed(self, copy: Copy) -> tuple[tuple[str, ContextFile], ...]:
        """The files that a COPY takes, each with the path that it gets in the image; none where
        the destination is not known before the build."""
        taken = {file.path for file in self.taken(copy)} if copy.destination else frozenset()
        destination = "" if copy.destination in (None, "/") else copy.destination
        found: dict[str, ContextFile] = {}
        for source in copy.sources:
            for path in self.matching(source):
                for file in self.below(path):
                    if file.path in taken:
                        found[f"{destination}{_below(file.path, path, copy)}"] = file
        return tuple(found.items())

    def hidden(self, source: str) -> tuple[str, IgnorePattern | None] | None:
        """Of a source that names nothing in the context: the path that is there all the same, and
        the pattern that hides it. None where nothing is there."""
        for path in self._on_disk(source):
            return path, self.ignore.verdict(path)
        return None

    def _on_disk(self, source: str) -> Iterator[str]:
        if os.path.lexists(self.folder / source):
            yield source
        elif (expression := _wildcards(source)) is not None:
            depth = source.count("/")
            start = self.folder
            for folder, folders, files in os.walk(start):
                relative = os.path.relpath(folder, start)
                prefix = "" if relative == "." else relative + "/"
                for name in sorted((*folders, *files)):
                    if expression.fullmatch(prefix + name):
                        yield prefix + name
                if prefix.count("/") >= depth:
                    folders.clear()


def read_context(folder: Path, dockerfile: Path | None = None) -> Context:
    """Walk a context. The ignore file is `NAME.dockerignore` beside the Dockerfile, or else
    `.dockerignore` in the context. Raises DockerfileError for what cannot be read."""
    ignore = _ignore_file(folder, dockerfile)
    files: list[ContextFile] = []
    folders: set[str] = set()
    try:
        _walk(os.fspath(folder), "", ignore, (), files, folders)
    except OSError as error:
        raise DockerfileError(
            f"the build context cannot be read: {error.strerror}: {printable(str(error.filename))}",
            hint=f"a build fails there as well: make it readable, or put it into {NAME}",
        ) from error
    files.sort(key=lambda file: file.path)
    for folder_of_file in {file.path.rpartition("/")[0] for file in files}:
        # An exception brings its folders along, though they are ignored themselves.
        parts = folder_of_file.split("/")
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    folders.discard("")
    return Context(folder=folder, ignore=ignore, files=tuple(files), folders=frozenset(folders))


def _ignore_file(folder: Path, dockerfile: Path | None) -> IgnoreFile:
    own = [] if dockerfile is None else [dockerfile.with_name(dockerfile.name + NAME)]
    for path in (*own, folder / NAME):
        try:
            return read_ignore_file(path.read_bytes(), str(path))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise DockerfileError(
                f"cannot read {printable(str(path))}: {error.strerror}"
            ) from error
    return IgnoreFile()


def _walk(
    folder: str,
    prefix: str,
    ignore: IgnoreFile,
    above: tuple[bool, ...],
    files: list[ContextFile],
    folders: set[str],
) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            ignored, states = ignore.match(path, above) if ignore.patterns else (None, ())
            if entry.is_dir(follow_symlinks=False):
                if ignored is None:
                    folders.add(path)
                elif not _may_have_exceptions(path, ignore.exceptions):
                    continue
                _walk(entry.path, path + "/", ignore, states, files, folders)
            elif ignored is None:
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    files.append(ContextFile(path=path, size=status.st_size))
                elif stat.S_ISLNK(status.st_mode):
                    files.append(ContextFile(path=path, size=0))


def _may_have_exceptions(folder: str, exceptions: Iterable[IgnorePattern]) -> bool:
    """Whether `!` can bring back something in an ignored folder. A builder looks into all ignored
    folders as soon as one exception has wildcards."""
    prefixes = [pattern.prefix for pattern in exceptions]
    return None in prefixes or any(f"{prefix}/".startswith(f"{folder}/") for prefix in prefixes)


def _below(path: str, source: str, copy: Copy) -> str:
    """What follows the destination: of a folder its content is copied, not itself."""
    if path == source:
        is_folder = copy.into_folder or copy.destination == copy.step.workdir
        return "/" + path.rpartition("/")[2] if is_folder else ""
    return "/" + (path if source == "." else path[len(source) + 1 :])


def _wildcards(source: str) -> re.Pattern[str] | None:
    """The expression of a source with wildcards, which stop at `/`; None where it has none."""
    if not re.search(r"[*?\[]", source):
        return None
    parts = []
    for part in re.findall(r"\\.|\[\^?\]?[^\]]*\]|.", source, re.DOTALL):
        if part == "*":
            parts.append("[^/]*")
        elif part == "?":
            parts.append("[^/]")
        elif len(part) > 2 and part[0] == "[":
            parts.append(part)
        else:
            parts.append(re.escape(part[1:] if len(part) == 2 and part[0] == "\\" else part))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        return None
