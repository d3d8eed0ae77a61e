"""What bundlers put into an ELF file beside the program itself.

Bun and Deno append the application's sources to their own program; Node takes them from a note,
PyInstaller from a section that is never loaded. The program reads its own file to find them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

_IDENT = b"\x7fELF\x02\x01"  # 64 bits, little endian: x86-64 and aarch64
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_PROGRAM = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_NOTE, _PROGBITS, _NOBITS, _IS_LOADED = 4, 1, 8, 2
# Notes that compilers write have some hundred bytes.
_SMALLEST = 4096
_LARGEST = 128 << 20


def payload_of_program(stream: BinaryIO) -> bytes:
    """What lies behind all parts of an ELF file, in large notes, and in sections that are not
    loaded and that no compiler names, each 128 MB at most. Empty where there is none of it, or
    where this is no such file."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size or not header.startswith(_IDENT):
        return b""
    fields = _HEADER.unpack(header)
    program_offset, section_offset = fields[5], fields[6]
    program_count, section_count, names_index = fields[10], fields[12], fields[13]
    programs = list(_table(stream, _PROGRAM, program_offset, program_count))
    sections = list(_table(stream, _SECTION, section_offset, section_count))
    end = max(
        (
            section_offset + section_count * _SECTION.size,
            *(each[2] + each[5] for each in programs),
            *(each[4] + each[5] for each in sections if each[1] != _NOBITS),
        )
    )
    parts = [(each[2], each[5]) for each in programs if each[0] == _NOTE and each[5] > _SMALLEST]
    if names_index < len(sections):
        names = _read(stream, sections[names_index][4], sections[names_index][5])
        for each in sections:
            # The names of compilers' sections begin with a dot.
            is_named = names[each[0] : each[0] + 1] not in (b"", b"\0", b".")
            if each[1] == _PROGBITS and not each[2] & _IS_LOADED and is_named:
                parts.append((each[4], each[5]))
    parts.append((end, _LARGEST))
    return b"\n".join(filter(None, (_read(stream, *part) for part in parts)))


def _table(
    stream: BinaryIO, form: struct.Struct, offset: int, count: int
) -> Iterator[tuple[int, ...]]:
    data = _read(stream, offset, count * form.size)
    yield from form.iter_unpack(data[: len(data) - len(data) % form.size])


def _read(stream: BinaryIO, offset: int, size: int) -> bytes:
    if offset >= 1 << 62:
        return b""
    stream.seek(offset)
    return stream.read(min(size, _LARGEST))
