"""The tables' numbers against the kernel's own headers. (The calls of the first are compared with
strace's.)"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.sensor.sources import SOURCES, sensor_build

_COLUMNS = ("x86_64", "i386", "aarch64", "arm")
_TARGETS = {"x86_64": "x86_64", "i386": "x86", "aarch64": "aarch64", "arm": "arm"}


_ROWS = {"calls": 80, "waits": 30}
"""File → how many rows it has at least."""


def table(file: str) -> dict[str, dict[str, int]]:
    """Column → name → number, from the rows of a source file."""
    source = (SOURCES / f"{file}.c").read_text()
    columns: dict[str, dict[str, int]] = {column: {} for column in _COLUMNS}
    rows = re.findall(r'(?:CALL|ROOT|OTHER|WAIT)\("(\w+)",([^()]*)\),', source)
    assert len(rows) > _ROWS[file]
    for name, rest in rows:
        numbers = [int(text) for text in rest.split(",")[-4:]]
        for column, number in zip(_COLUMNS, numbers, strict=True):
            if number >= 0:
                assert name not in columns[column]
                columns[column][name] = number
    return columns


@pytest.mark.parametrize("file", _ROWS)
@pytest.mark.parametrize("column", _COLUMNS)
def test_numbers_are_the_kernels(column: str, file: str, tmp_path: Path) -> None:
    compiler = sensor_build.zig_compiler(_TARGETS[column])
    if compiler is None:
        pytest.skip("ziglang, which has every architecture's headers, is not installed")
    if column == "arm":
        compiler[-1] = "arm-linux-musleabihf"
    source = tmp_path / "numbers.c"
    source.write_text("#include <asm/unistd.h>\n")
    printed = subprocess.run(
        [*compiler, "-E", "-dM", str(source)], capture_output=True, text=True, check=True
    ).stdout
    kernel = {name: _value(text) for name, text in re.findall(r"#define __NR_(\w+) (.+)", printed)}
    ours = table(file)[column]
    known = {name: number for name, number in ours.items() if name in kernel}
    assert known == {name: kernel[name] for name in known}
    # What the headers do not have yet is numbered alike on all architectures since Linux 5.1.
    assert all(ours[name] > 424 for name in ours.keys() - known.keys())


def _value(text: str) -> int:
    """`(__NR_SYSCALL_BASE+ 5)` as on arm, `5` elsewhere."""
    return sum(int(number) for number in re.findall(r"\b\d+\b", text))
