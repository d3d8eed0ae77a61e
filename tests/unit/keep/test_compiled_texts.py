"""Texts in byte code that was shipped without its sources."""

from __future__ import annotations

import importlib.util
import marshal
import py_compile
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from slimmer.keep.compiled_texts import texts_of_compiled
from slimmer.values import Strategy
from tests.unit.keep.image_tree import ImageTree, seen

TEXTS = ("pdftotext", "tool -x {file}", "/srv/words.txt")


def beam(texts: Iterable[str], *, compressed: bool = True) -> bytes:
    """A module of Erlang: half of its literals are binaries, half are lists of characters."""
    literals = b"".join(
        (b"m" + struct.pack(">I", len(text)) if number % 2 else b"k" + struct.pack(">H", len(text)))
        + text.encode()
        for number, text in enumerate(texts)
    )
    chunk = struct.pack(">I", len(literals)) + zlib.compress(literals)
    if not compressed:
        chunk = struct.pack(">I", 0) + literals
    chunks = b"AtU8" + struct.pack(">I", 5) + b"\0\0\0\1x\0\0\0"
    chunks += b"LitT" + struct.pack(">I", len(chunk)) + chunk + b"\0" * (-len(chunk) % 4)
    return b"FOR1" + struct.pack(">I", len(chunks) + 4) + b"BEAM" + chunks


def assembly(literals: Iterable[str], names: Iterable[str]) -> bytes:
    """What of a .NET assembly says where its literals and names lie."""
    user = b"\0"
    for literal in literals:
        text = literal.encode("utf-16-le") + b"\0"
        size = len(text)
        user += (bytes([size]) if size < 0x80 else struct.pack(">H", 0x8000 | size)) + text
    strings = b"\0" + b"\0".join(name.encode() for name in names) + b"\0"
    version = b"v4.0.30319\0\0"
    headers = 16 + len(version) + 4 + (8 + 12) + (8 + 4)
    root = b"BSJB\1\0\1\0\0\0\0\0" + struct.pack("<I", len(version)) + version
    root += struct.pack("<HH", 0, 2)
    root += struct.pack("<II", headers, len(strings)) + b"#Strings\0\0\0\0"
    root += struct.pack("<II", headers + len(strings), len(user)) + b"#US\0"
    return b"MZ\x90\0" + bytes(508) + root + strings + user


def byte_code(texts: Iterable[str]) -> bytes:
    code = compile(f"import os\nTOOLS = {list(texts)!r}\nlast = {'x' * 300!r}\n", "x", "exec")
    return importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code)


def lua(texts: Iterable[str]) -> bytes:
    """As Lua 5.4 writes constants: the type, the length and one, the text."""
    constants = b"".join(b"\4" + bytes([0x80 + len(each) + 1]) + each.encode() for each in texts)
    return b"\x1bLuaT\0\x19\x93\r\n\x1a\n\4\x08\x08" + constants + b"\x80"


COMPILED = {
    "beam": beam(TEXTS),
    "uncompressed.beam": beam(TEXTS, compressed=False),
    "exe": assembly(TEXTS, ()),
    "pyc": byte_code(TEXTS),
    "luac": lua(TEXTS),
}


@pytest.mark.parametrize("kind", COMPILED)
def test_constants_of_byte_code(kind: str) -> None:
    found = texts_of_compiled(COMPILED[kind])
    assert found is not None
    assert set(TEXTS) <= set(found)


def test_a_long_literal_has_two_bytes_of_length_and_libraries_are_among_the_names() -> None:
    found = texts_of_compiled(assembly(["x" * 200, "pdftotext"], ["Main", "libz.so.1", "get_X"]))
    assert found == ["libz.so.1", "x" * 200, "pdftotext"]


def test_what_python_really_compiled(tmp_path: Path) -> None:
    source = tmp_path / "shop.py"
    source.write_text("import subprocess\n\ndef f(x):\n    subprocess.run(['pdftotext', x])\n")
    compiled = py_compile.compile(str(source), cfile=str(tmp_path / "shop.pyc"))
    assert compiled is not None
    assert "pdftotext" in (texts_of_compiled(Path(compiled).read_bytes()) or ())


@pytest.mark.parametrize("kind", COMPILED)
def test_what_was_cut_off_gives_fewer_texts_and_no_error(kind: str) -> None:
    data = COMPILED[kind]
    for length in range(len(data)):
        found = texts_of_compiled(data[:length])
        assert found is None or len(found) <= 100


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"MZ\0\0", b"PK\x03\x04"])
def test_other_files_are_no_byte_code(data: bytes) -> None:
    assert texts_of_compiled(data) is None


@pytest.fixture
def tree(tree: ImageTree) -> ImageTree:
    for name in ("pdftotext", "tool"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
        tree.package(name, f"/usr/bin/{name}")
    return tree


@pytest.mark.parametrize("kind", COMPILED)
def test_programs_and_files_that_byte_code_names_are_kept(tree: ImageTree, kind: str) -> None:
    tree.add(f"/app/shop.{kind}", COMPILED[kind])
    tree.add("/srv/words.txt", "tea")
    tree.package("words", "/srv/words.txt")
    gained = tree.gained("mentions", *seen(f"/app/shop.{kind}"))
    assert {"/usr/bin/pdftotext", "/usr/bin/tool"} <= gained
    assert "/srv/words.txt" in tree.gained("code-paths", *seen(f"/app/shop.{kind}"))


def test_a_program_of_any_weight_counts_if_it_was_installed_by_name(tree: ImageTree) -> None:
    tree.add("/app/shop.beam", beam(["pdftotext"]))
    with (tree.root / "usr/bin/pdftotext").open("wb") as file:
        file.truncate(65 << 20)
    kept = tree.decide(*seen("/app/shop.beam"), strategy=Strategy.BALANCED)
    assert "/usr/bin/pdftotext" not in kept.reasons
    tree.add("/var/lib/apt/extended_states", "")
    kept = tree.decide(*seen("/app/shop.beam"), strategy=Strategy.BALANCED)
    assert "/usr/bin/pdftotext" in kept.reasons


def test_what_a_shell_is_given(tree: ImageTree) -> None:
    tree.add("/app/Shop.exe", assembly(['-c "pdftotext x.pdf 2>&1"', "-c tool"], ()))
    assert tree.gained("mentions", *seen("/app/Shop.exe")) >= {"/usr/bin/pdftotext"}
