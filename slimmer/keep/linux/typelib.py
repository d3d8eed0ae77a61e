"""Descriptions of libraries for GObject introspection: what a binding loads by a namespace's name.

The header is that of GLib's `gitypelib-internal.h`: offsets of texts in the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_MAGIC = b"GOBJ\nMETADATA\r\n\x1a"
_DEPENDENCIES, _LIBRARIES, _END = 36, 52, 56


@dataclass(frozen=True, kw_only=True, slots=True)
class Typelib:
    """What one description names."""

    libraries: tuple[str, ...] = ()
    """Names of shared libraries that are opened with it."""
    needs: tuple[str, ...] = ()
    """Other namespaces with their versions: `GObject-2.0`."""


def read_typelib(data: bytes) -> Typelib | None:
    """None for any other file, or one that is cut off."""
    if not data.startswith(_MAGIC) or len(data) < _END:
        return None
    return Typelib(
        libraries=tuple(filter(None, _text(data, _LIBRARIES).split(","))),
        needs=tuple(filter(None, _text(data, _DEPENDENCIES).split("|"))),
    )


def _text(data: bytes, field: int) -> str:
    """The text to which a field of the header points; empty where it points to none."""
    for order in "<", ">":
        (offset,) = struct.unpack_from(f"{order}I", data, field)
        if 0 < offset < len(data):
            return data[offset : data.find(b"\0", offset)].decode("utf-8", "replace")
    return ""
