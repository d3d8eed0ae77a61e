"""What was watched as a JSON file, and its paths read back by `slim build --include-from`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from slimmer.codec import AbsolutePath, Codec, Keywords, Mismatch, parse
from slimmer.disk import file_beside, space_errors
from slimmer.errors import WatchFileError
from slimmer.watch.findings import Watched

FORMAT: Final = "slimmer watch"
SCHEMA_VERSION: Final = 1
_LARGEST: Final = 64 << 20
"""Bytes; a file with a hundred thousand paths has 20 MB."""


_CODEC: Final = Codec()


@dataclass(frozen=True, kw_only=True)
class _Head:
    """What is looked at first."""

    format: Annotated[str, Keywords(words=(FORMAT,))]
    schema_version: Annotated[int, Keywords(minimum=1)]


@dataclass(frozen=True, kw_only=True)
class WatchDocument(Watched, _Head):
    """What `slim watch --output` writes. Bytes of a path that are not UTF-8 appear as lone
    surrogates (`\\udc80` to `\\udcff`)."""


@dataclass(frozen=True, kw_only=True)
class _Missed:
    path: AbsolutePath


@dataclass(frozen=True, kw_only=True)
class _Body:
    """What `--include-from` needs."""

    missed: tuple[_Missed, ...]


def to_json(watched: Watched) -> str:
    """JSON text (ASCII), with a newline."""
    return (
        _CODEC.encode(
            WatchDocument(format=FORMAT, schema_version=SCHEMA_VERSION, **vars(watched)), indent=1
        )
        + "\n"
    )


def write_watched(watched: Watched, file: Path) -> None:
    """Write the document, whole or not at all. Raises NoSpaceError, and UsageError for a place
    that cannot be written to."""
    with space_errors(file.parent, "writing what was missed"), file_beside(file) as unfinished:
        unfinished.stream.write(to_json(watched).encode())
        unfinished.rename_to(file)


def read_missed_paths(file: Path) -> tuple[str, ...]:
    """The missed paths of a file that `slim watch --output` wrote. Raises WatchFileError."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise _unusable(file, f"cannot be read: {error.strerror}") from error
    if len(data) > _LARGEST:
        raise _unusable(file, "is too large to be one")
    try:
        document = parse(data)
    except Mismatch as error:
        raise _unusable(file, "is not JSON, or cut off", str(error)) from error
    try:
        head: _Head = _CODEC.read(_Head, document)
        if head.schema_version > SCHEMA_VERSION:
            raise WatchFileError(
                f"{file} has format {head.schema_version}; this slimmer reads up to "
                f"{SCHEMA_VERSION}",
                hint="use the version of slimmer that wrote it, or a newer one",
            )
        body: _Body = _CODEC.read(_Body, document)
    except Mismatch as error:
        raise _unusable(file, "was not written by slim watch", str(error)) from error
    return tuple(each.path for each in body.missed)


def _unusable(file: Path, what: str, details: str = "") -> WatchFileError:
    return WatchFileError(
        f"{file} {what}", hint="name a file that `slim watch --output FILE` wrote", details=details
    )
