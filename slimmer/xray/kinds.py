"""What a file is, in words for sums by type: by its name, and where that says nothing, by its first
bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

OTHER: Final = "other"
_KINDS: Final[dict[str, str]] = {
    "shared library": "so",
    "static library": "a la lib",
    "object file": "o ko obj",
    "C header": "h hh hpp hxx inc ipp tcc",
    "Python source": "py pyi pyx pxd",
    "Python bytecode": "pyc pyo",
    "JavaScript": "js mjs cjs jsx",
    "TypeScript": "ts mts cts tsx",
    "source map": "map",
    "Ruby source": "rb rake gemspec",
    "Perl source": "pl pm pod t",
    "PHP source": "php phtml",
    "Go source": "go",
    "Rust source": "rs rlib rmeta",
    "C source": "c cc cpp cxx m s S",
    "Java archive": "jar war ear class jmod",
    "WebAssembly": "wasm",
    "archive": "gz tgz xz bz2 zst zip tar whl gem deb rpm apk 7z lz4",
    "image": "png jpg jpeg gif svg webp ico bmp tif tiff xpm",
    "font": "ttf otf woff woff2 pfb afm ttc pcf",
    "media": "mp3 mp4 wav ogg webm avi mkv flac",
    "translation": "mo po gmo pot qm",
    "document": "md rst txt html htm pdf css tex texi info adoc ps eps",
    "data": "json yaml yml xml csv tsv toml ini cfg conf dat db sqlite sqlite3 parquet npy npz "
    "pickle pkl h5 onnx pt bin idx pak properties",
    "certificate": "pem crt cer key der p12 pfx jks",
    "shell script": "sh bash zsh fish csh",
    "log": "log",
}
_BY_ENDING: Final = {ending: kind for kind, endings in _KINDS.items() for ending in endings.split()}
_LIBRARY: Final = re.compile(r".*\.so(?:\.\d+)+")
_PLACES: Final = {
    "manual page": r"/usr/share/man/",
    "document": r"/usr/share/(?:doc|info)/",
    "translation": r"/usr/share/locale/",
    "time zone": r"/usr/share/zoneinfo/",
    "locale": r"/usr/(?:lib/locale|share/i18n)/",
    "package manager's data": r"/var/lib/(?:apt|dpkg|apk|rpm)/",
    "cache": r"/var/cache/",
}
_PLACE: Final = re.compile("|".join(f"({places})" for places in _PLACES.values()))
_OF_PLACES: Final = ("", *_PLACES)
_TOPS: Final = ("/usr/share/", "/usr/lib/locale/", "/var/")
"""One of these is in front of each place, and quicker to ask for."""


def kind_by_name(path: str) -> str:
    """`shared library`; empty where the name tells nothing."""
    if path.startswith(_TOPS) and (place := _PLACE.match(path)) is not None:
        return _OF_PLACES[place.lastindex or 0]
    dot, start = path.rfind("."), path.rfind("/") + 1
    if dot <= start:
        return ""
    ending = path[dot + 1 :]
    if ending.isdigit() and _LIBRARY.fullmatch(path, start):
        return "shared library"
    return _BY_ENDING.get(ending, "")


def kind_by_head(head: bytes) -> str:
    """The same by the first bytes; never empty."""
    if head.startswith(b"\x7fELF"):
        return "program"
    if head.startswith(b"#!"):
        return "script"
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd")):
        return "archive"
    if head.startswith(b"!<arch>"):
        return "static library"
    return OTHER


def known_endings(kinds: Iterable[str] = tuple(_KINDS)) -> Iterator[str]:
    """The endings of these kinds, or of all."""
    for kind in kinds:
        yield from _KINDS[kind].split()
