"""What a build depends on, as one short text: the same text, the same image."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from slimmer import __version__
from slimmer.options import BuildOptions

_WITHOUT_MEANING: Final = frozenset({"report_directory", "save_trace", "output", "notes"})
"""Fields that say where something is written, not what."""


def fingerprint(options: BuildOptions, images: Mapping[str, str]) -> str:
    """`images`: each image that the build reads → its id. Files that options name, saved traces
    among them, count by their content."""
    plain = {
        field.name: _plain(getattr(options, field.name))
        for field in dataclasses.fields(options)
        if field.name not in _WITHOUT_MEANING
    }
    text = json.dumps([__version__, dict(images), plain], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _plain(value: Any) -> Any:
    """The value as JSON has it, the same in each process."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Path):
        return _content(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
        return [type(value).__name__, fields]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_plain(each) for each in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else repr(value)


def _content(path: Path) -> str:
    """The digest of a file; the name of what is not a file."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return str(path)
