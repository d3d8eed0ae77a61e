"""Texts in what compilers of virtual machines wrote: constants of byte code that was shipped
without its sources, for Erlang and Elixir, .NET and Mono, Python, Lua.

Programs that PyInstaller made have such byte code in them. Java's classes say which of them starts
programs (see `mentions.constants_of`); these do not.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Literal

from slimmer.keep.text_kinds import SOURCES

_SHORTEST, _LONGEST = 2, 400
_LARGEST_LITERALS = 16 << 20
_LARGEST_MEMBER = 1 << 20
# Erlang's external term format: BINARY_EXT with four bytes of length, STRING_EXT with two.
_TERM = re.compile(rb"m\x00\x00([\x00\x01].)|k([\x00\x01].)", re.DOTALL)
# Python's marshal: SHORT_ASCII and SHORT_ASCII_INTERNED with one byte of length; ASCII, its
# interned form, INTERNED and UNICODE with four, little endian; each maybe marked for references.
_MARSHALLED = re.compile(rb"[zZ\xfa\xda](.)|[aAtu\xe1\xc1\xf4\xf5](..)\x00\x00", re.DOTALL)
# Lua 5.1 to 5.4: a length, then the text, with its zero byte or none.
_LUA = re.compile(rb"[\t\n -~]{2,400}")
# Behind the archive of modules, each compressed, that PyInstaller writes.
_FROZEN = b"MEI\014\013\012\013\016"
_COMPRESSED = re.compile(rb"x[\x01\x5e\x9c\xda]")
# Bytes of one module at most, compressed and not.
_LARGEST_MODULE = 1 << 18
# Where the metadata of an assembly begin.
_METADATA = b"BSJB"


def texts_of_compiled(data: bytes) -> list[str] | None:
    """Constant texts of 2 to 400 bytes, in the order in which they stand there, each once. None
    where this is no byte code that is known."""
    if data[:4] == b"FOR1" and data[8:12] == b"BEAM":
        found = _texts_of_beam(data)
    elif data[:2] == b"MZ" and _METADATA in data:
        found = _texts_of_assembly(data)
    elif data[:4] == b"\x1bLua":
        found = _texts_of_lua(data)
    elif data[2:4] == b"\r\n" and data[4:8] in (b"\0\0\0\0", b"\1\0\0\0", b"\3\0\0\0"):
        found = _by_length(_MARSHALLED, data, "little")
    else:
        return None
    readable = (text.decode("utf-8", "replace") for text in found)
    return list(dict.fromkeys(text for text in readable if _SHORTEST <= len(text) <= _LONGEST))


def code_in_archive(data: bytes) -> Iterator[bytes]:
    """Sources and byte code in a zip archive, such as Python's zipapps and eggs are; nothing where
    this is none, or one that cannot be read."""
    stream = io.BytesIO(data)
    if b"PK\x03\x04" not in data[:4096] or not zipfile.is_zipfile(stream):
        return
    try:
        with zipfile.ZipFile(stream) as archive:
            for member in archive.infolist():
                is_code = SOURCES.fullmatch(member.filename) or member.filename.endswith(".pyc")
                if is_code and member.file_size <= _LARGEST_MEMBER:
                    yield archive.read(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):
        return


def texts_of_frozen(payload: bytes) -> list[str] | None:
    """Constant texts of the Python modules in what a program has in itself (see
    `linux/payloads.py`), each once. None where it has no such modules."""
    if _FROZEN not in payload[-8192:]:
        return None
    found: dict[bytes, None] = {}
    view = memoryview(payload)
    at = 0
    while start := _COMPRESSED.search(payload, at):
        piece = view[start.start() : start.start() + _LARGEST_MODULE]
        inflater = zlib.decompressobj()
        try:
            code = inflater.decompress(piece, 16 * _LARGEST_MODULE)
        except zlib.error:
            at = start.end()
            continue
        at = (
            start.end()
            if not inflater.eof
            else start.start() + len(piece) - len(inflater.unused_data)
        )
        found.update(dict.fromkeys(_by_length(_MARSHALLED, code, "little")))
    return [text.decode("utf-8", "replace") for text in found]


def _texts_of_beam(data: bytes) -> Iterator[bytes]:
    """Of the chunk of literals, which is compressed, and of the one of texts that are matched."""
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        chunk = data[at + 8 : at + 8 + size]
        if name == b"LitT":
            yield from _by_length(_TERM, _inflated(chunk), "big")
        elif name == b"StrT":
            yield chunk
        at += 8 + size + -size % 4


def _inflated(chunk: bytes) -> bytes:
    """Since OTP 28 a size of zero says that the literals are there as they are."""
    if chunk[:4] == b"\0\0\0\0":
        return chunk[4:]
    try:
        return zlib.decompressobj().decompress(chunk[4:], _LARGEST_LITERALS)
    except zlib.error:
        return b""


def _by_length(
    pattern: re.Pattern[bytes], data: bytes, order: Literal["little", "big"]
) -> Iterator[bytes]:
    """What stands behind each length. A length by chance gives a text by chance, which is hardly
    the name of a program."""
    for match in pattern.finditer(data):
        length = next(group for group in match.groups() if group is not None)
        size = int.from_bytes(length, order)
        if _SHORTEST <= size <= _LONGEST:
            yield data[match.end() : match.end() + size]


def _texts_of_lua(data: bytes) -> Iterator[bytes]:
    """Between bytes that are no text. What stands first in one may be its own length."""
    for match in _LUA.finditer(data):
        text = match[0]
        yield text[1:] if text[0] in (len(text) - 1, len(text)) else text


def _texts_of_assembly(data: bytes) -> Iterator[bytes]:
    """ECMA-335, II.24.2: `#US` has the literals, in UTF-16 behind their length; `#Strings` has the
    names, with those of the native libraries that it calls into among them."""
    start = data.find(_METADATA)
    try:
        (version,) = struct.unpack_from("<I", data, start + 12)
        at = start + 16 + version
        (streams,) = struct.unpack_from("<H", data, at + 2)
        at += 4
        for _ in range(streams):
            offset, size = struct.unpack_from("<II", data, at)
            name = data[at + 8 : data.index(b"\0", at + 8)]
            heap = data[start + offset : start + offset + size]
            if name == b"#US":
                yield from _user_strings(heap)
            elif name == b"#Strings":
                yield from (text for text in heap.split(b"\0") if text.startswith(b"lib"))
            at += 8 + (len(name) + 4) // 4 * 4
    except (struct.error, ValueError):
        return


def _user_strings(heap: bytes) -> Iterator[bytes]:
    at = 1
    while at < len(heap):
        first = heap[at]
        if first < 0x80:
            size, at = first, at + 1
        elif first < 0xC0:
            size, at = int.from_bytes(heap[at : at + 2], "big") & 0x3FFF, at + 2
        else:
            size, at = int.from_bytes(heap[at : at + 4], "big") & 0x1FFFFFFF, at + 4
        # The last byte says whether some characters are unusual.
        if 2 * _SHORTEST < size <= 2 * _LONGEST:
            yield heap[at : at + size - 1].decode("utf-16-le", "replace").encode()
        at += size
