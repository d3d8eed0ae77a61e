"""What bundlers put into a program."""

from __future__ import annotations

import io
import marshal
import random
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest

from slimmer.keep.compiled_texts import texts_of_frozen
from slimmer.keep.linux.payloads import payload_of_program
from slimmer.values import Access
from tests.unit.keep.image_tree import ImageTree, seen

BUNDLE = b'// @bun\nimport{spawn}from"child_process";spawn("pdftotext",[x]);\n'


def frozen(source: str) -> bytes:
    """As PyInstaller packs modules: each compressed, and a mark behind them."""
    noise = random.Random(1).randbytes(4000)
    module = zlib.compress(marshal.dumps(compile(source, "shop", "exec")), 9)
    return noise + module + noise + module + b"MEI\x0c\x0b\x0a\x0b\x0e" + bytes(60)


@pytest.fixture
def tree(tree: ImageTree) -> ImageTree:
    for name in ("pdftotext", "tool"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
    tree.compile("/app/shop", "int main(void) { return 0; }", "-g")
    return tree


def place(tree: ImageTree, path: str) -> Path:
    return tree.root / path.lstrip("/")


def payload(tree: ImageTree) -> bytes:
    with place(tree, "/app/shop").open("rb") as stream:
        return payload_of_program(stream)


def gained(tree: ImageTree) -> set[str]:
    found = tree.gained("mentions", *seen("/app/shop", access=Access.EXECUTE))
    return {path for path in found if path.startswith("/usr/bin/")}


def add_section(tree: ImageTree, name: str, content: bytes, tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.write_bytes(content)
    program = str(place(tree, "/app/shop"))
    subprocess.run(["objcopy", "--add-section", f"{name}={part}", program], check=True)


def test_a_program_with_symbols_and_no_more_has_no_payload(tree: ImageTree) -> None:
    assert payload(tree) == b""


def test_a_bundle_behind_the_program(tree: ImageTree) -> None:
    with place(tree, "/app/shop").open("ab") as stream:
        stream.write(BUNDLE)
    assert payload(tree) == BUNDLE
    assert gained(tree) == {"/usr/bin/pdftotext"}


def test_modules_of_python_in_a_section_of_their_own(tree: ImageTree, tmp_path: Path) -> None:
    packed = frozen("import subprocess\nsubprocess.run(['pdftotext'])\nx = 'tool -v {}'\n")
    add_section(tree, "pydata", packed, tmp_path)
    assert payload(tree) == packed
    assert gained(tree) == {"/usr/bin/pdftotext", "/usr/bin/tool"}


def test_a_large_note(tree: ImageTree, tmp_path: Path) -> None:
    source = '__asm__(".section .note.bundle,\\"a\\",@note\\n.incbin \\"%s\\"\\n");int main(void){}'
    note = tmp_path / "note"
    name = b"NODE_SEA_BLOB\0\0\0"
    text = BUNDLE.ljust(8000)
    head = b"".join(size.to_bytes(4, "little") for size in (14, len(text), 1))
    note.write_bytes(head + name + text)
    tree.compile("/app/shop", source % note)
    assert BUNDLE in payload(tree)
    assert gained(tree) == {"/usr/bin/pdftotext"}


def test_a_section_that_a_debugger_reads_is_none(tree: ImageTree, tmp_path: Path) -> None:
    add_section(tree, ".debug_other", b"x" * 9000, tmp_path)
    assert payload(tree) == b""


def test_what_is_no_program_has_none(tree: ImageTree) -> None:
    whole = place(tree, "/app/shop").read_bytes()
    for length in range(0, len(whole), 7):
        assert isinstance(payload_of_program(io.BytesIO(whole[:length])), bytes)
    assert payload_of_program(io.BytesIO(b"#!/bin/sh\n" * 50)) == b""


def test_compressed_bytes_of_another_kind_are_no_modules() -> None:
    assert texts_of_frozen(zlib.compress(b"pdftotext" * 100)) is None


def test_sources_in_an_archive_of_the_author(tree: ImageTree) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("__main__.py", "import subprocess\nsubprocess.run(['pdftotext'])\n")
        packed.writestr("logo.svg", "<svg>tool -v</svg>")
    tree.add("/app/shop", b"#!/usr/bin/env python3\n" + archive.getvalue())
    assert gained(tree) == {"/usr/bin/pdftotext"}
    tree.add("/app/shop", b"PK\x03\x04 broken")
    assert gained(tree) == set()
