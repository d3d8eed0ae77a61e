"""Which paths each layer of an image has, read off the image as the engine hands it out."""

from __future__ import annotations

import io
import json
import posixpath
import tarfile
from collections.abc import Iterable, Iterator
from typing import IO

_MANIFEST = "manifest.json"
_REMOVED = ".wh."


def layer_paths(archive: Iterable[bytes]) -> list[frozenset[str]]:
    """The absolute paths of each layer of a docker-archive, lowest first: files, links and
    directories, and not what it removes. Reads the stream once, and keeps names only.

    Empty where the archive is none, or has no manifest.
    """
    found: dict[str, frozenset[str]] = {}
    same_as: dict[str, str] = {}
    layers: list[str] = []
    try:
        with tarfile.open(fileobj=io.BufferedReader(_Chunks(archive)), mode="r|") as outer:
            for member in outer:
                stream = outer.extractfile(member) if member.isfile() else None
                if member.issym():
                    same_as[member.name] = posixpath.normpath(
                        posixpath.join(posixpath.dirname(member.name), member.linkname)
                    )
                elif stream is not None and member.name == _MANIFEST:
                    layers = _layers(stream.read())
                elif stream is not None and not member.name.endswith(".json"):
                    found[member.name] = frozenset(_paths(stream))
    except (tarfile.TarError, EOFError):
        return []
    return [found.get(same_as.get(name, name), frozenset()) for name in layers]


def _layers(manifest: bytes) -> list[str]:
    try:
        document = json.loads(manifest)
        return [str(name) for name in document[0]["Layers"]]
    except (ValueError, TypeError, LookupError):
        return []


def _paths(stream: IO[bytes]) -> Iterator[str]:
    """Of what is no layer (a configuration beside them), none."""
    try:
        with tarfile.open(fileobj=stream, mode="r|*", errors="surrogateescape") as layer:
            for member in layer:
                path = posixpath.normpath("/" + member.name)
                if not posixpath.basename(path).startswith(_REMOVED):
                    yield path
    except (tarfile.TarError, EOFError, OSError):
        return


class _Chunks(io.RawIOBase):
    """A stream over chunks of bytes."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._rest:
            try:
                self._rest = next(self._chunks)
            except StopIteration:
                return 0
        size = min(len(view), len(self._rest))
        view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
