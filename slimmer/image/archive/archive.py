"""An image as files: a docker-archive, an OCI layout as a directory or as a tar, or the stream that
an engine gives out. Read in one pass, whatever the order of its members; nothing is unpacked.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer.errors import ImageDigestError, ImageFileError
from slimmer.image.archive.layer import Inspector, LayerContent, read_layer
from slimmer.image.archive.manifest import Choice, Documents, Found, choose
from slimmer.image.archive.sources import CutOff, FileSource, Source, StreamSource, decompressed
from slimmer.image.archive.tar import BLOCK, FILE, HARD_LINK, SYMLINK, looks_like_tar, members

_ENDINGS: Final = (".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2")
_LARGEST_DOCUMENT: Final = 8 << 20
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


def is_image_file(name: str) -> bool:
    """Whether a file or directory is meant, and no image of an engine. A directory may have the
    name of one. Raises ImageFileError for a path that is not there."""
    place = Path(name)
    if place.is_dir():
        return (place / "index.json").exists() or os.sep in name or name in (".", "..")
    if place.exists():
        return True
    if name.endswith(_ENDINGS) or name.startswith(("/", "./", "../")):
        raise ImageFileError(
            f"there is no file {name}",
            hint="`docker save IMAGE -o FILE.tar` writes one; an image of the engine goes by its "
            "name alone",
        )
    return False


def read_image_file(
    place: Path, inspector: Inspector | None = None, *, choice: Choice | None = None
) -> ImageContent:
    """The image in a docker-archive, an OCI layout's tar or its directory. Raises ImageFileError
    and ImageDigestError."""
    choice = choice or Choice()
    with ExitStack() as stack, _errors_of(str(place)):
        if place.is_dir():
            return _read(_files_of(place, stack), str(place), inspector, choice)
        descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
        stack.callback(os.close, descriptor)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            file = stack.enter_context(open(descriptor, "rb", closefd=False))
            source: Source = StreamSource(iter(lambda: file.read(1 << 20), b""))
        else:
            source = FileSource(descriptor, 0, os.fstat(descriptor).st_size)
        return _read(_members_of(source), str(place), inspector, choice)


def read_image_stream(
    chunks: Iterable[bytes],
    name: str,
    inspector: Inspector | None = None,
    *,
    choice: Choice | None = None,
) -> ImageContent:
    """The same for a docker-archive that comes in chunks; `name` is what errors call it."""
    with _errors_of(name):
        return _read(_members_of(StreamSource(chunks)), name, inspector, choice or Choice())


class _errors_of:
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


def _members_of(source: Source) -> Iterator[Item]:
    source = _unpacked(source)
    if not looks_like_tar(source.peek(BLOCK)):
        raise ImageFileError(
            "this is no image: neither a docker-archive nor an OCI layout",
            hint="`docker save IMAGE -o FILE.tar` writes one",
        )
    name = "its first member"
    try:
        for member in members(source):
            name = member.name
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


def _files_of(folder: Path, stack: ExitStack) -> Iterator[Item]:
    if not (folder / "index.json").is_file():
        raise ImageFileError(
            f"{folder} is no OCI layout: it has no index.json",
            hint="name the directory that has `oci-layout`, `index.json` and `blobs`",
        )
    for above, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(above, name)
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            stack.callback(os.close, descriptor)
            status = os.fstat(descriptor)
            if stat.S_ISREG(status.st_mode):
                yield os.path.relpath(path, folder), FileSource(descriptor, 0, status.st_size)


def _read(
    items: Iterator[Item], place: str, inspector: Inspector | None, choice: Choice
) -> ImageContent:
    documents = Documents(place)
    layers: dict[str, LayerContent] = {}
    broken: dict[str, ValueError] = {}
    links: dict[str, str] = {}
    with ThreadPoolExecutor(1) as pool:
        for name, what in items:
            if isinstance(what, str):
                links[name] = what
                continue
            head = what.peek(BLOCK)
            if decompressed(what) is not None or looks_like_tar(head):
                try:
                    layers[name] = read_layer(what, inspector, pool)
                except CutOff as error:
                    raise CutOff(str(error) or name) from error
                except ValueError as error:
                    broken[name] = error
            elif len(head) and head.lstrip()[:1] in (b"{", b"["):
                data = what.read_up_to(_LARGEST_DOCUMENT + 1)
                if len(data) <= _LARGEST_DOCUMENT:
                    documents.add(name, data)
        found = choose(documents, choice)
        names = [links.get(name, name) for name in found.layers]
        return ImageContent(
            name=found.name,
            id=found.id,
            configuration=found.configuration,
            layers=_checked(found, names, layers, broken, place),
            form=found.form,
        )


def _checked(
    found: Found,
    names: list[str],
    layers: dict[str, LayerContent],
    broken: dict[str, ValueError],
    place: str,
) -> tuple[LayerContent, ...]:
    """The layers in their order, each with the digest that the configuration has for it."""
    diff_ids = (found.configuration.get("rootfs") or {}).get("diff_ids") or []
    if len(diff_ids) != len(names):
        raise ImageFileError(
            f"{place} lists {len(names)} layers, and its configuration {len(diff_ids)}",
            hint="save the image again",
        )
    chosen = []
    for number, name in enumerate(names, 1):
        which = f"layer {number} of {place} ({name})"
        if name in broken:
            raise ImageFileError(
                f"{which} cannot be read: {broken[name]}", hint="save the image again"
            )
        if name not in layers:
            raise ImageFileError(
                f"{which} is not in it",
                hint="the archive may leave out layers that a registry has: save the whole image",
            )
        chosen.append(layers[name])
    sizes: Counter[int] = Counter()
    for layer in {id(layer): layer for layer in chosen}.values():
        sizes.update(entry.size for entry in layer.entries.values() if entry.inode)
    for layer in chosen:
        layer.hash_contents(sizes)
    for number, (name, told) in enumerate(zip(names, diff_ids, strict=True), 1):
        if (digest := layers[name].digest.result()) != told:
            raise ImageDigestError(
                f"layer {number} of {place} ({name}) is not what it should be: its content has "
                "another digest",
                hint="the file was damaged or changed: save the image again",
                details=f"told:     {told}\ncomputed: {digest}",
            )
    return tuple(chosen)
