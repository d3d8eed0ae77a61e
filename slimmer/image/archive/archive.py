"""An image as files: a docker-archive, an OCI layout as a directory or as a tar, or the stream that
an engine gives out. Read in one pass, whatever the order of its members; nothing is unpacked.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from slimmer.disk import exists, is_directory, is_regular
from slimmer.errors import ImageDigestError, ImageFileError
from slimmer.image.archive.hashing import Digest, Hashing
from slimmer.image.archive.layer import SMALL, Contents, Inspector, LayerContent, read_layer
from slimmer.image.archive.manifest import Choice, Documents, Found, choose
from slimmer.image.archive.sources import (
    PIECE,
    CutOff,
    FileSource,
    Source,
    StreamSource,
    decompressed,
)
from slimmer.image.archive.tar import BLOCK, FILE, HARD_LINK, SYMLINK, looks_like_tar, members

_ENDINGS: Final = (".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2")
OPENINGS: Final = (b"{", b"[")
LARGEST_DOCUMENT: Final = 8 << 20
"""Bytes of JSON that are read: manifests and configurations take some 10,000."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageContent:
    """An image with the content of its layers."""

    name: str
    """The first name that the archive has for it; empty where it has none."""
    id: str
    """`sha256:…` of the configuration."""
    configuration: dict[str, Any]
    """The configuration's JSON object: `config`, `history`, `rootfs`, …"""
    layers: tuple[LayerContent, ...]
    """Lowest first."""
    form: str
    """`docker-archive` or `oci-layout`."""
    contents: Callable[[], Mapping[int, bytes]]
    """Gives inode → SHA-256 of a file's content, for files of which there are several of one size,
    and waits for it if need be."""


def is_image_file(name: str) -> bool:
    """Whether a file or directory is meant, and no image of an engine. A directory may have the
    name of one. Raises ImageFileError for a path that is not there."""
    place = Path(name)
    if is_directory(place):
        return exists(place / "index.json") or os.sep in name or name in (".", "..")
    if exists(place):
        return True
    if name.endswith(_ENDINGS) or name.startswith(("/", "./", "../")):
        raise ImageFileError(
            f"there is no file {name}",
            hint="`docker save IMAGE -o FILE.tar` writes one; an image of the engine goes by its "
            "name alone",
        )
    return False


def read_image_file(
    place: Path,
    inspector: Inspector | None = None,
    *,
    choice: Choice | None = None,
    wait: bool = True,
) -> ImageContent:
    """The image in a docker-archive, an OCI layout's tar or its directory. Raises ImageFileError
    and ImageDigestError; the latter comes of each layer's `digest` only, where it does not `wait`
    for them and for `contents`."""
    choice = choice or Choice()
    with ExitStack() as stack, errors_of(str(place)):
        reading = stack.enter_context(_Reading(str(place), inspector, wait=wait))
        if is_directory(place):
            return _of_folder(place, reading, choice, stack)
        descriptor = _opened(place, stack)
        status = os.fstat(descriptor)
        source: Source = FileSource(descriptor, 0, status.st_size)
        if not stat.S_ISREG(status.st_mode):
            source = StreamSource(iter(lambda: os.read(descriptor, PIECE), b""))
        return _of_archive(source, reading, choice)


def read_image_stream(
    chunks: Iterable[bytes],
    name: str,
    inspector: Inspector | None = None,
    *,
    choice: Choice | None = None,
) -> ImageContent:
    """The same for a docker-archive that comes in chunks; `name` is what errors call it."""
    with errors_of(name), _Reading(name, inspector) as reading:
        return _of_archive(StreamSource(chunks), reading, choice or Choice())


class errors_of:
    """What is found deep inside, as a word on the file."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, CutOff):
            raise ImageFileError(
                f"{self._name} is cut off: it ends inside {str(error) or 'a member'}",
                hint="the copy is incomplete: save the image again",
            ) from error
        if isinstance(error, OSError):
            raise ImageFileError(
                f"{self._name} cannot be read: {error.strerror}",
                hint="name an image, a docker-archive (`docker save`), or an OCI layout",
            ) from error


Item = tuple[str, Source | str]
"""A name in the archive with its bytes, or with the name that it is a link to."""


def members_of(source: Source) -> Iterator[Item]:
    """All files and links; `tar -C DIR -c .` calls `index.json` `./index.json`."""
    source = _unpacked(source)
    if not looks_like_tar(source.peek(BLOCK)):
        raise ImageFileError(
            "this is not an image: neither a docker-archive nor an OCI layout",
            hint="`docker save IMAGE -o FILE.tar` writes one",
        )
    name = "its first member"
    try:
        for member in members(source):
            name = member.name.removeprefix("./")
            if member.kind == FILE:
                yield name, source.part(member.size)
            elif member.kind in (SYMLINK, HARD_LINK):
                above = posixpath.dirname(name) if member.kind == SYMLINK else ""
                yield name, posixpath.normpath(posixpath.join(above, member.link))
    except CutOff as error:
        raise CutOff(str(error) or name) from error
    except ValueError as error:
        raise ImageFileError(
            f"the archive is damaged behind {name}: {error}", hint="save the image again"
        ) from error


def _unpacked(source: Source) -> Source:
    """An archive that is compressed as a whole."""
    chunks = decompressed(source)
    return source if chunks is None else StreamSource(chunks)


def _of_archive(source: Source, reading: _Reading, choice: Choice) -> ImageContent:
    """What comes first in an archive says nothing of what will be asked for: all of it is read."""
    for name, what in members_of(source):
        reading.take(name, what)
    return reading.image(choose(reading.documents, choice))


def _of_folder(folder: Path, reading: _Reading, choice: Choice, stack: ExitStack) -> ImageContent:
    """The documents tell which layers are looked at: a layout may hold many images."""
    if not is_regular(folder / "index.json"):
        raise ImageFileError(
            f"{folder} is not an OCI layout: it has no index.json",
            hint="name the directory that has `oci-layout`, `index.json` and `blobs`",
        )
    for above, _, names in os.walk(folder):
        for name in names:
            path = Path(above, name)
            if is_regular(path) and path.stat().st_size <= LARGEST_DOCUMENT:
                with path.open("rb") as file:
                    if file.read(BLOCK).lstrip()[:1] in OPENINGS:
                        file.seek(0)
                        reading.documents.add(str(path.relative_to(folder)), file.read())
    found = choose(reading.documents, choice)
    for name in dict.fromkeys(found.layers):
        path = folder / name
        if is_regular(path) and ".." not in path.parts and not name.startswith("/"):
            descriptor = _opened(path, stack)
            reading.take(name, FileSource(descriptor, 0, os.fstat(descriptor).st_size))
    return reading.image(found)


def _opened(path: Path, stack: ExitStack) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    stack.callback(os.close, descriptor)
    return descriptor


class _Reading:
    """What was read of an image so far. Layers are hashed beside it."""

    def __init__(self, place: str, inspector: Inspector | None, *, wait: bool = True) -> None:
        self.documents = Documents(place)
        self._place = place
        self._inspector = inspector
        self._wait = wait
        self._digests, self._contents = Hashing(niceness=5), Contents()
        self._layers: dict[str, LayerContent] = {}
        self._broken: dict[str, ValueError] = {}
        self._links: dict[str, str] = {}

    def __enter__(self) -> _Reading:
        return self

    def __exit__(self, *error: object) -> None:
        if self._wait or error[0]:
            self._contents.close()
            self._digests.close()

    def take(self, name: str, what: Source | str) -> None:
        """A member with its bytes, or with the name that it is a link to."""
        if isinstance(what, str):
            self._links[name] = what
            return
        head = what.peek(BLOCK)
        if decompressed(what) is not None or looks_like_tar(head):
            try:
                self._layers[name] = read_layer(
                    what, self._inspector, self._digests, self._contents
                )
            except CutOff as error:
                raise CutOff(str(error) or name) from error
            except ValueError as error:
                self._broken[name] = error
        elif head.lstrip()[:1] in OPENINGS:
            data = what.read_up_to(LARGEST_DOCUMENT + 1)
            if len(data) <= LARGEST_DOCUMENT:
                self.documents.add(name, data)

    def image(self, found: Found) -> ImageContent:
        """The image with its layers in their order. Raises ImageFileError where one is missing or
        broken, ImageDigestError where its digest is not what the configuration has for it."""
        diff_ids = (found.configuration.get("rootfs") or {}).get("diff_ids") or []
        if len(diff_ids) != len(found.layers):
            raise ImageFileError(
                f"{self._place} lists {len(found.layers)} layers, and its configuration "
                f"{len(diff_ids)}",
                hint="save the image again",
            )
        named = [
            (f"layer {number} of {self._place} ({name})", self._links.get(name, name))
            for number, name in enumerate(found.layers, 1)
        ]
        layers = [self._layer(which, name) for which, name in named]
        sizes: Counter[int] = Counter()
        for layer in {id(layer): layer for layer in layers}.values():
            sizes.update([entry.size for entry in layer.entries.values() if entry.inode])
        for layer in {id(layer): layer for layer in layers}.values():
            self._contents.add(layer)
            several = {
                inode: (start, size)
                for inode, (start, size) in layer.places.items()
                if size > SMALL and sizes[size] > 1
            }
            if several and layer.source is not None:
                self._contents.ask(layer.source, several)
        layers = [
            replace(layer, digest=_checked(layer.digest, told, which))
            for (which, _), layer, told in zip(named, layers, diff_ids, strict=True)
        ]
        if self._wait:
            self._contents.answers()
            for layer in layers:
                layer.digest()
        return ImageContent(
            name=found.name,
            id=found.id,
            configuration=found.configuration,
            layers=tuple(layers),
            form=found.form,
            contents=self._contents.answers,
        )

    def _layer(self, which: str, name: str) -> LayerContent:
        if name in self._broken:
            raise ImageFileError(
                f"{which} cannot be read: {self._broken[name]}", hint="save the image again"
            )
        if name not in self._layers:
            raise ImageFileError(
                f"{which} is not in it",
                hint="the archive may leave out layers that a registry has: save the whole image",
            )
        return self._layers[name]


def _checked(digest: Digest, told: str, which: str) -> Digest:
    """The same; raises where the configuration says another one."""

    def checked() -> str:
        if (found := digest()) != told:
            raise ImageDigestError(
                f"{which} is not what it should be: its content has another digest",
                hint="the file was damaged or changed: save the image again",
                details=f"told:     {told}\ncomputed: {found}",
            )
        return found

    return checked
