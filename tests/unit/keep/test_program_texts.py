"""Where the texts of a program begin and end."""

from __future__ import annotations

import io
import platform
import subprocess
from pathlib import Path

import pytest

from slimmer.keep.linux.program_texts import texts_of_program
from slimmer.values import Access
from tests.unit.keep.image_tree import ImageTree, seen

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="x86-64 alone is read")

# As Go and Rust have them: side by side, and nothing but code and pointers knows the borders.
SIDE_BY_SIDE = """
__asm__(".section .rodata\\nblob: .ascii \\"myscalartool --all nowpdftotextend\\"\\n.text");
extern const char blob[];
const char *pointer = blob + 22;
int main(int count, char **words) {
  const char *texts[] = {blob, blob + 8, blob + 31};
  return texts[count][0];
}
"""


def compiled(folder: Path, source: str, *options: str) -> bytes:
    command = ["gcc", "-x", "c", "-", "-o", str(folder / "program"), *options]
    source = source.replace(
        "extern const char blob[];", 'extern const char blob[] __asm__("blob");'
    )
    subprocess.run(command, input=source.encode(), check=True)
    return (folder / "program").read_bytes()


def test_texts_that_lie_side_by_side_have_borders(tmp_path: Path) -> None:
    texts = texts_of_program(io.BytesIO(compiled(tmp_path, SIDE_BY_SIDE)))
    assert texts is not None
    assert {b"myscalar", b"tool --all now", b"pdftotext"} <= set(texts)
    assert not {b"scalar", b"text"} & set(texts)


@pytest.mark.parametrize("options", [("-no-pie", "-O2"), ("-fPIE", "-pie")])
def test_texts_that_end_with_a_zero_byte(tmp_path: Path, options: tuple[str, ...]) -> None:
    source = '#include <stdio.h>\nint main(void) { return puts("pdftotext"); }'
    texts = texts_of_program(io.BytesIO(compiled(tmp_path, source, *options)))
    assert texts is not None
    assert b"pdftotext" in texts


def test_what_is_no_program_of_this_kind_has_none() -> None:
    assert texts_of_program(io.BytesIO(b"\x7fELF")) is None
    header = bytearray(b"\x7fELF\x02\x01\x01" + bytes(57))
    header[18] = 183  # AArch64
    assert texts_of_program(io.BytesIO(bytes(header))) is None


def test_names_in_the_middle_of_words_are_no_evidence(tree: ImageTree, tmp_path: Path) -> None:
    for name in ("tool", "scalar", "pdftotext", "text"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
        tree.package(name, f"/usr/bin/{name}")
    tree.add("/app/shop", compiled(tmp_path, SIDE_BY_SIDE), mode=0o755)
    gained = tree.gained("mentions", *seen("/app/shop", access=Access.EXECUTE))
    assert {path for path in gained if not tree.is_directory(path)} == {
        "/usr/bin/tool",
        "/usr/bin/pdftotext",
    }
