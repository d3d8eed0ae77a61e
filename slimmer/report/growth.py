"""What has changed since the report that lay in the same folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slimmer.codec import Mismatch, parse
from slimmer.report.document import DOCUMENTS
from slimmer.report.growth_summary import ChangedPath, Growth

_LONGEST_LIST: Final = 100


@dataclass(frozen=True, kw_only=True)
class _Original:
    reference: str
    id: str
    size: int


@dataclass(frozen=True, kw_only=True)
class _Layer:
    digest: str


@dataclass(frozen=True, kw_only=True)
class _Image:
    size: int
    layers: tuple[_Layer, ...]


@dataclass(frozen=True, kw_only=True)
class _Path:
    path: str
    type: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What is read of the report before."""

    original: _Original
    slim: _Image | None
    debug: _Image | None
    kept: tuple[_Path, ...]


def read_earlier(file: Path) -> Earlier | None:
    """The report.json of a build before; None where there is none, where it made no image, or
    where it cannot be read: it is about to be replaced, and no build fails because of it."""
    try:
        earlier: Earlier = DOCUMENTS.read(Earlier, parse(file.read_bytes()))
    except (OSError, Mismatch):
        return None
    return earlier if earlier.slim is not None else None


def growth_since(earlier: Earlier, kept: Iterable[tuple[str, int]]) -> Growth | None:
    """`kept` are the paths of the new image that are no directories, with their bytes."""
    if earlier.slim is None:
        return None
    before = {each.path: each.size for each in earlier.kept if each.type != "directory"}
    after = dict(kept)
    added = [path for path in after if path not in before]
    removed = [path for path in before if path not in after]
    images = (each for each in (earlier.slim, earlier.debug) if each is not None)
    layers = dict.fromkeys(layer.digest for image in images for layer in image.layers)
    return Growth(
        reference=earlier.original.reference,
        original_id=earlier.original.id,
        original_size=earlier.original.size,
        slim_size=earlier.slim.size,
        layers=tuple(layers),
        added_files=len(added),
        added_size=sum(after[path] for path in added),
        removed_files=len(removed),
        removed_size=sum(before[path] for path in removed),
        changed=_changed(before, after),
    )


def _changed(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[ChangedPath, ...]:
    paths = (path for path in {**before, **after} if before.get(path) != after.get(path))
    largest = sorted(
        paths, key=lambda path: (-abs(after.get(path, 0) - before.get(path, 0)), path)
    )[:_LONGEST_LIST]
    return tuple(
        ChangedPath(path=path, before=before.get(path), after=after.get(path)) for path in largest
    )
