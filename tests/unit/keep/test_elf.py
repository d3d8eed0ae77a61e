"""The ELF reader against readelf on this machine's files, and against damage."""

from __future__ import annotations

import io
import re
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slimmer.keep.linux.elf import CorruptElfError, ElfFile, read_elf

EM_X86_64 = 62
EM_PPC = 20


def elf_of(path: Path) -> ElfFile:
    with path.open("rb") as stream:
        return read_elf(stream)


def system_elf_files() -> list[Path]:
    libraries = sorted(Path("/usr/lib").glob("*-linux-gnu/*.so*"))
    programs = sorted(Path("/usr/bin").iterdir())
    found = []
    for path in [*programs[::9], *libraries[::9]]:
        if path.is_file():
            with path.open("rb") as stream:
                if stream.read(4) == b"\x7fELF":
                    found.append(path)
    return found[:60]


def test_the_dynamic_section_is_what_readelf_shows() -> None:
    files = system_elf_files()
    assert len(files) > 10
    told = subprocess.run(
        ["readelf", "-dlW", *map(str, files)], capture_output=True, text=True, check=True
    ).stdout
    sections = dict(re.findall(r"^File: (.*)\n((?:(?!^File: ).*\n)*)", told, re.MULTILINE))
    for path in files:
        elf, shown = elf_of(path), sections[str(path)]
        assert list(elf.needed) == re.findall(r"\(NEEDED\).*\[(.*)\]", shown)
        assert [elf.soname] == (re.findall(r"\(SONAME\).*\[(.*)\]", shown) or [""])
        assert [elf.interpreter] == (re.findall(r"interpreter: (.*)\]", shown) or [""])
        assert elf.runpath == tuple(
            part for text in re.findall(r"\(RUNPATH\).*\[(.*)\]", shown) for part in text.split(":")
        )


def big_endian_32(needed: bytes = b"libz.so.1", table_size: int | None = None) -> bytes:
    """A library as a linker for 32-bit PowerPC lays it out, reduced to what a loader reads."""
    strings = b"\0" + needed + b"\0" + b"$ORIGIN/../x:/y\0"
    dynamic_at, strings_at = 52 + 2 * 32, 52 + 2 * 32 + 5 * 8
    base = 0x10000
    dynamic = struct.pack(
        ">10I",
        *(1, 1),
        *(29, len(needed) + 2),
        *(5, base + strings_at),
        *(10, len(strings) if table_size is None else table_size),
        *(0, 0),
    )
    size = strings_at + len(strings)
    header = b"\x7fELF\1\2\1" + bytes(9)
    header += struct.pack(">HHIIIIIHHHHHH", 3, EM_PPC, 1, 0, 52, 0, 0, 52, 32, 2, 0, 0, 0)
    load = struct.pack(">8I", 1, 0, base, base, size, size, 5, 0x1000)
    pointer = struct.pack(
        ">8I", 2, dynamic_at, base + dynamic_at, 0, len(dynamic), len(dynamic), 6, 4
    )
    return header + load + pointer + dynamic + strings


def test_32_bits_and_the_other_byte_order() -> None:
    elf = read_elf(io.BytesIO(big_endian_32()))
    assert elf.platform == (EM_PPC, 32, False)
    assert elf.needed == ("libz.so.1",)
    assert elf.runpath == ("$ORIGIN/../x", "/y")


@pytest.mark.parametrize(
    "damaged",
    [
        b"\x7fELF",
        b"\x7fELF\1\2\1" + bytes(9),
        b"\x7fELF\3\2\1" + bytes(60),
        big_endian_32()[:60],
        big_endian_32()[:130],
        big_endian_32(table_size=1),
        big_endian_32(needed=b"a\0" + b"x" * (1 << 21), table_size=0xFFFFFFFF)[:-1][:180],
    ],
)
def test_damage_has_a_name(damaged: bytes) -> None:
    with pytest.raises(CorruptElfError):
        read_elf(io.BytesIO(damaged))


def test_a_flood_of_strings_is_refused() -> None:
    """8,000 entries that all name one string of 60 KB would be 480 MB."""
    whole = big_endian_32(needed=b"x" * 60_000)
    entries = struct.pack(">2I", 1, 1) * 8000
    dynamic_at, strings_at = 116, 156
    flood = bytearray(whole)
    flood += whole[dynamic_at + 16 : dynamic_at + 32] + entries + bytes(8)
    position = 52 + 32
    struct.pack_into(">I", flood, position + 4, len(whole))
    struct.pack_into(">I", flood, position + 16, 16 + len(entries) + 8)
    assert whole[strings_at] == 0
    with pytest.raises(CorruptElfError, match="bytes of dynamic strings"):
        read_elf(io.BytesIO(bytes(flood)))


SAMPLE = Path("/bin/sh").resolve().read_bytes()[:8192]


@settings(max_examples=300)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 1200), st.binary(min_size=1, max_size=8)), min_size=1, max_size=12
    ),
    length=st.integers(0, len(SAMPLE)),
    sample=st.sampled_from([SAMPLE, big_endian_32()]),
)
def test_no_damage_escapes_but_by_its_name(
    changes: list[tuple[int, bytes]], length: int, sample: bytes
) -> None:
    damaged = bytearray(sample)
    for position, piece in changes:
        position %= len(sample)
        damaged[position : position + len(piece)] = piece
    try:
        elf = read_elf(io.BytesIO(bytes(damaged[:length])))
    except CorruptElfError:
        return
    assert elf.bits in (32, 64)


@pytest.mark.parametrize("style", ["gnu", "sysv", "both"])
def test_imports_of_a_program_that_exports_nothing(tmp_path: Path, style: str) -> None:
    """Its table of hashes is empty, and tells of no symbol."""
    source, program = tmp_path / "a.c", tmp_path / "a"
    source.write_text('#include <stdlib.h>\nint main(void) { return system("true"); }\n')
    options = ["-no-pie", f"-Wl,--hash-style={style}"]
    subprocess.run(["cc", *options, "-o", program, source], check=True)
    assert elf_of(program).imports == {"system"}
