"""What the kernel and the dynamic loader read of an ELF file: the interpreter and the dynamic
section, and nothing else (elf(5), the System V gABI chapters 4 and 5).

Files come from the user's image and may be corrupt or hostile: every count and offset is bounded
before use, nothing is read that the file does not have, and the one error is CorruptElfError.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from slimmer.values import Content

MAGIC = b"\x7fELF"

_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_PF_X = 1
_DT_NULL, _DT_NEEDED, _DT_HASH, _DT_STRTAB, _DT_SYMTAB, _DT_STRSZ = 0, 1, 4, 5, 6, 10
_DT_SONAME, _DT_RPATH, _DT_RUNPATH = 14, 15, 29
_DT_GNU_HASH = 0x6FFFFEF5
_DT_FLAGS_1, _DT_AUXILIARY, _DT_FILTER = 0x6FFFFFFB, 0x7FFFFFFD, 0x7FFFFFFF
_DF_1_NODEFLIB = 0x800
_STRING_TAGS = frozenset(
    (_DT_NEEDED, _DT_SONAME, _DT_RPATH, _DT_RUNPATH, _DT_AUXILIARY, _DT_FILTER)
)

# Far above what linkers write (a dozen headers, some hundred dynamic entries, paths below 4 KiB),
# far below what would hurt.
_MOST_PROGRAM_HEADERS = 1024
_MOST_DYNAMIC_BYTES = 1 << 20
_MOST_STRINGS = 8192
_LONGEST_STRING = 1 << 16
_MOST_STRING_BYTES = 1 << 20
_MOST_SYMBOLS = 1 << 18
_LARGEST_STRING_TABLE = 1 << 26
# Functions of the C library that start a shell, or a program by its name.
SHELL_STARTERS = frozenset(("popen", "system", "wordexp"))
PROGRAM_STARTERS = SHELL_STARTERS | {"execlp", "execvp", "execvpe", "posix_spawnp"}
LOGIN = "pam_open_session"
"""What programs call that let users in: sshd, cron, su; not those that only ask for a password."""
OPENER = "dlopen"
"""What programs call that open a library by its name."""
CONVERTERS = frozenset(
    (
        *("iconv_open", "libiconv_open", "g_iconv_open", "g_convert", "g_convert_with_fallback"),
        *("g_charset_converter_new", "g_io_channel_set_encoding", "apr_xlate_open"),
    )
)
"""What converts character sets by whatever name it is given: iconv, and what libraries made of
it."""
TELLING_IMPORTS = PROGRAM_STARTERS | CONVERTERS | {LOGIN, OPENER}


class CorruptElfError(ValueError):
    """A file starts like an ELF file and does not go on like one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ElfFile:
    """One program or shared object, as its loader sees it."""

    bits: int
    """32 or 64."""
    little_endian: bool
    machine: int
    """`e_machine`: 62 is x86-64, 183 AArch64."""
    interpreter: str = ""
    """The dynamic loader that the program names; empty for libraries and static programs."""
    is_dynamic: bool = False
    """Whether there is a dynamic section at all."""
    needed: tuple[str, ...] = ()
    """DT_NEEDED, in order."""
    filtered: tuple[str, ...] = ()
    """DT_AUXILIARY and DT_FILTER: loaded where present, missed by nobody."""
    soname: str = ""
    rpath: tuple[str, ...] = ()
    """The parts of DT_RPATH, tokens like $ORIGIN unexpanded."""
    runpath: tuple[str, ...] = ()
    """The parts of DT_RUNPATH."""
    skips_default_directories: bool = False
    """DF_1_NODEFLIB (`-z nodefaultlib`)."""
    imports: frozenset[str] = frozenset()
    """Which of TELLING_IMPORTS it takes from others."""

    @property
    def platform(self) -> tuple[int, int, bool]:
        """Equal for files that can share a process."""
        return self.machine, self.bits, self.little_endian


class ElfFiles:
    """ELF headers of an image's files, each read once."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._read: dict[str, ElfFile | None] = {}
        self.corrupt: dict[str, str] = {}
        """path → what is wrong with a file that starts like an ELF file."""

    def get(self, path: str) -> ElfFile | None:
        """The ELF file at this real path of a regular file; None where it is none, or corrupt."""
        if path not in self._read:
            self._read[path] = self._parse(path)
        return self._read[path]

    def sonames(self, paths: Iterable[str]) -> set[str]:
        """The sonames of those of these files that were read already."""
        read = (self._read.get(path) for path in paths)
        return {elf.soname for elf in read if elf is not None and elf.soname}

    def _parse(self, path: str) -> ElfFile | None:
        if self._content.head(path, len(MAGIC)) != MAGIC:
            return None
        try:
            with self._content.open(path) as stream:
                return read_elf(stream)
        except CorruptElfError as error:
            self.corrupt[path] = str(error)
            return None


def read_elf(stream: BinaryIO) -> ElfFile:
    """Read what a loader would of a seekable stream that starts with the ELF magic.

    Raises CorruptElfError for everything that a loader would refuse.
    """
    return _Reader(stream).read()


def loaded_segments(stream: BinaryIO) -> tuple[int, list[Segment]]:
    """`e_machine` of an ELF file, and what is loaded of it, in order of addresses; raises
    CorruptElfError."""
    machine, segments = _Reader(stream).header()
    return machine, [each for each in segments if each.kind == _PT_LOAD]


@dataclass(frozen=True, slots=True)
class Segment:
    """A program header."""

    kind: int
    """`p_type`."""
    offset: int
    """In the file, in bytes."""
    address: int
    size: int
    """In the file, in bytes."""
    is_code: bool
    """Whether it may be executed."""


class _Reader:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._size = stream.seek(0, os.SEEK_END)
        identification = self._bytes(0, 16)
        if identification[:4] != MAGIC:
            raise CorruptElfError("no ELF magic")
        if identification[4] not in (1, 2) or identification[5] not in (1, 2):
            raise CorruptElfError("neither 32 nor 64 bits, or no known byte order")
        self._bits = 32 * identification[4]
        self._order = "<" if identification[5] == 1 else ">"

    def read(self) -> ElfFile:
        machine, segments = self.header()
        interpreter = ""
        dynamic: list[tuple[int, int]] = []
        is_dynamic = False
        for segment in segments:
            if segment.kind == _PT_INTERP and not interpreter:
                path = self._bytes(segment.offset, min(segment.size, _LONGEST_STRING))
                interpreter = os.fsdecode(path.split(b"\0", 1)[0])
            elif segment.kind == _PT_DYNAMIC and not is_dynamic:
                is_dynamic = True
                dynamic = self._dynamic(segment)
        strings = self._strings(dynamic, segments) if dynamic else []

        def of(*tags: int) -> tuple[str, ...]:
            return tuple(string for tag, string in strings if tag in tags and string)

        return ElfFile(
            bits=self._bits,
            little_endian=self._order == "<",
            machine=machine,
            interpreter=interpreter,
            is_dynamic=is_dynamic,
            needed=of(_DT_NEEDED),
            filtered=of(_DT_AUXILIARY, _DT_FILTER),
            soname=next(iter(of(_DT_SONAME)), ""),
            rpath=_path_parts(of(_DT_RPATH)),
            runpath=_path_parts(of(_DT_RUNPATH)),
            skips_default_directories=any(
                tag == _DT_FLAGS_1 and bool(value & _DF_1_NODEFLIB) for tag, value in dynamic
            ),
            imports=self._imports(dict(dynamic), segments),
        )

    def _bytes(self, offset: int, size: int) -> bytes:
        if offset + size > self._size:
            raise CorruptElfError(f"ends at byte {self._size}, needs {offset + size}")
        self._stream.seek(offset)
        return self._stream.read(size)

    def header(self) -> tuple[int, list[Segment]]:
        wide = self._bits == 64
        header = struct.Struct(self._order + ("HHIQQQIHHH" if wide else "HHIIIIIHHH"))
        _, machine, _, _, offset, _, _, _, entry_size, count = header.unpack(
            self._bytes(16, header.size)
        )
        program_header = struct.Struct(self._order + ("IIQQQQ" if wide else "IIIIIII"))
        if not count:
            return machine, []
        if count > _MOST_PROGRAM_HEADERS or not program_header.size <= entry_size <= 256:
            raise CorruptElfError(f"{count} program headers of {entry_size} bytes")
        table = self._bytes(offset, count * entry_size)
        segments = []
        for position in range(0, count * entry_size, entry_size):
            fields = program_header.unpack_from(table, position)
            if wide:
                kind, flags, start, address, _, size = fields
            else:
                kind, start, address, _, size, _, flags = fields
            segments.append(Segment(kind, start, address, size, bool(flags & _PF_X)))
        return machine, segments

    def _dynamic(self, segment: Segment) -> list[tuple[int, int]]:
        size = min(segment.size, _MOST_DYNAMIC_BYTES)
        pair = struct.Struct(self._order + ("QQ" if self._bits == 64 else "II"))
        table = self._bytes(segment.offset, size - size % pair.size)
        entries = []
        for tag, value in pair.iter_unpack(table):
            if tag == _DT_NULL:
                break
            entries.append((tag, value))
        return entries

    def _strings(
        self, dynamic: list[tuple[int, int]], segments: list[Segment]
    ) -> list[tuple[int, str]]:
        values = dict(dynamic)
        wanted = [(tag, value) for tag, value in dynamic if tag in _STRING_TAGS]
        if not wanted:
            return []
        if len(wanted) > _MOST_STRINGS:
            raise CorruptElfError(f"{len(wanted)} strings in the dynamic section")
        table = _file_offset(values.get(_DT_STRTAB, 0), segments)
        end = min(table + values.get(_DT_STRSZ, 0), self._size)
        budget = _MOST_STRING_BYTES
        found = []
        for tag, position in wanted:
            start = table + position
            if start >= end:
                raise CorruptElfError("a string of the dynamic section outside its table")
            text = self._bytes(start, min(end - start, 256))
            if b"\0" not in text:
                text = self._bytes(start, min(end - start, _LONGEST_STRING))
            string = text.split(b"\0", 1)[0]
            budget -= len(string)
            if budget < 0:
                raise CorruptElfError(f"over {_MOST_STRING_BYTES} bytes of dynamic strings")
            found.append((tag, os.fsdecode(string)))
        return found

    def _imports(self, values: dict[int, int], segments: list[Segment]) -> frozenset[str]:
        """No loader refuses a file for its symbols before it looks one up, so what cannot be read
        here imports nothing."""
        try:
            return frozenset(self._telling(values, segments))
        except (CorruptElfError, KeyError, struct.error):
            return frozenset()

    def _telling(self, values: dict[int, int], segments: list[Segment]) -> Iterator[str]:
        if _DT_STRTAB not in values:
            return
        size = min(values[_DT_STRSZ], _LARGEST_STRING_TABLE)
        strings = self._bytes(_file_offset(values[_DT_STRTAB], segments), size)
        # Strings may share their ends, so a name is found by its end alone, and told by its start.
        wanted = {name.encode() + b"\0" for name in TELLING_IMPORTS}
        wanted = {name for name in wanted if name in strings}
        if not wanted:
            return
        wide = self._bits == 64
        symbol = struct.Struct(self._order + ("IBBHQQ" if wide else "IIIBBH"))
        count = min(self._undefined_symbols(values, segments), _MOST_SYMBOLS)
        start = _file_offset(values[_DT_SYMTAB], segments)
        for fields in symbol.iter_unpack(self._bytes(start, count * symbol.size)):
            section = fields[3] if wide else fields[5]
            end = strings.find(b"\0", fields[0]) + 1
            if section == 0 and strings[fields[0] : end] in wanted:
                yield strings[fields[0] : end - 1].decode()

    def _undefined_symbols(self, values: dict[int, int], segments: list[Segment]) -> int:
        """How many symbols come first of which one may be undefined: those that the GNU table of
        hashes leaves out, or all."""
        if _DT_HASH in values:
            offset = _file_offset(values[_DT_HASH], segments)
            return int(struct.unpack(self._order + "II", self._bytes(offset, 8))[1])
        offset = _file_offset(values[_DT_GNU_HASH], segments)
        buckets, first, bloom, _ = struct.unpack(self._order + "IIII", self._bytes(offset, 16))
        start = offset + 16 + bloom * self._bits // 8
        if any(self._bytes(start, 4 * min(buckets, _MOST_SYMBOLS))):
            return int(first)
        # A program that exports nothing has an empty table, which tells of no symbol at all; its
        # names begin where its symbols end.
        size = 24 if self._bits == 64 else 16
        return int(max(first, (values[_DT_STRTAB] - values[_DT_SYMTAB]) // size))


def _file_offset(address: int, segments: list[Segment]) -> int:
    for segment in segments:
        if segment.kind == _PT_LOAD and 0 <= address - segment.address < segment.size:
            return segment.offset + address - segment.address
    raise CorruptElfError("the string table is in no loaded segment")


def _path_parts(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for path in paths for part in path.split(":") if part)
