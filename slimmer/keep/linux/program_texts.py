"""Where the texts of a program begin, and where they end.

Compilers of C end a text with a zero byte. Those of Go and Rust lay texts side by side, and only
the code, or a table of pointers, knows where one begins: a name that merely stands somewhere in a
program is mostly the middle of another word.
"""

from __future__ import annotations

import re
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import BinaryIO

from slimmer.keep.linux.elf import CorruptElfError, Segment, loaded_segments

_X86_64 = 62
# lea REGISTER, [rip + OFFSET], by which code of x86-64 takes the address of a text.
_ADDRESS_TAKEN = re.compile(rb"[\x48\x4c]\x8d[\x05\x0d\x15\x1d\x25\x2d\x35\x3d](.{4})", re.DOTALL)
# Programs of C at a fixed address have it in their instructions, in many forms; Go's do not.
_FIXED = b"\x02\x00"
_MADE_BY_GO = b"\xff Go buildinf:"
_ENDED = re.compile(rb"(?<=\0)[\t\n -~]{2,400}(?=\0)")
_WORD = 8
_AT_ONCE = 1 << 16
_LONGEST = 400
_LARGEST_PROGRAM = 64 << 20
_MOST_TEXTS = 1 << 20


def texts_of_program(stream: BinaryIO) -> list[bytes] | None:
    """The texts, of 400 bytes at most, that an ELF file of x86-64 takes the address of: each up to
    its zero byte, and up to the next text where that comes first. Of a program of C at a fixed
    address all between zero bytes. None where it is no such file, or has over 64 MB or a million
    texts."""
    try:
        machine, segments = loaded_segments(stream)
    except CorruptElfError:
        return None
    if machine != _X86_64 or sys.byteorder != "little":
        return None
    stream.seek(0)
    data = stream.read(_LARGEST_PROGRAM + 1)
    if len(data) > _LARGEST_PROGRAM:
        return None
    addresses = _addresses(data, segments)
    if len(addresses) > _MOST_TEXTS:
        return None
    texts = dict.fromkeys(_texts(data, segments, sorted(addresses)))
    if data[16:18] == _FIXED and _MADE_BY_GO not in data:
        for segment in segments:
            if not segment.is_code:
                content = data[segment.offset : segment.offset + segment.size]
                texts.update(dict.fromkeys(_ENDED.findall(content)))
    return list(texts)


def _addresses(data: bytes, segments: list[Segment]) -> set[int]:
    """What code takes the address of, and what may be a pointer. Pointers of a program that is
    relocated stand in its table of relocations, which is a table of words too."""
    lowest = min((each.address for each in segments), default=0)
    highest = max((each.address + each.size for each in segments), default=0)
    found: set[int] = set()
    for segment in segments:
        content = data[segment.offset : segment.offset + segment.size]
        if segment.is_code:
            for match in _ADDRESS_TAKEN.finditer(content):
                offset = int.from_bytes(match[1], "little", signed=True)
                found.add(segment.address + match.end() + offset)
        else:
            first = -segment.address % _WORD
            words = array("Q", content[first : len(content) - (len(content) - first) % _WORD])
            for begin in range(0, len(words), _AT_ONCE):
                some = set(words[begin : begin + _AT_ONCE])  # most repeat, and are looked at once
                found.update([word for word in some if lowest <= word < highest])
        if len(found) > _MOST_TEXTS:
            break
    return found


def _texts(data: bytes, segments: list[Segment], addresses: list[int]) -> Iterator[bytes]:
    for segment in segments:
        if segment.is_code:
            continue
        end = segment.address + segment.size
        first, last = bisect_left(addresses, segment.address), bisect_left(addresses, end)
        ends = [*addresses[first + 1 : last], end]
        for address, following in zip(addresses[first:last], ends, strict=True):
            start = segment.offset + address - segment.address
            text = data[start : start + min(_LONGEST, end - address)].partition(b"\0")[0]
            yield text
            yield text[: following - address]
