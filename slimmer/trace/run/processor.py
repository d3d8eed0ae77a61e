"""What an image's programs run on where it is made for other processors than the engine's machine
has."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slimmer.engine import Session, helper
from slimmer.errors import EngineOperationError
from slimmer.values import Original

_PATIENCE: Final = 30.0
"""Seconds for a program that ends at once."""
_ADDRESS: Final = 0x400000
"""Where the program's file is in its memory."""
_HEADERS: Final = 64 + 56
"""Bytes of an ELF header and of one program header."""


class Processor(enum.Enum):
    """What runs the image's programs."""

    OWN = "own"
    """The machine's own processors."""
    EMULATED = "emulated"
    """An emulator, which the kernel hands them to (binfmt_misc, qemu-user)."""
    NONE = "none"
    """Nothing."""


@dataclass(frozen=True, kw_only=True)
class _Ending:
    """How `exit(0)` is said to a processor."""

    machine: int
    """Of the ELF header."""
    code: str
    """Instructions in hexadecimal digits, as they lie in memory."""
    order: str = "<"
    flags: int = 0


_ENDINGS: Final = {
    "amd64": _Ending(machine=62, code="b83c000000 31ff 0f05"),
    "arm64": _Ending(machine=183, code="000080d2 a80b80d2 010000d4"),
    "riscv64": _Ending(machine=243, code="13050000 9308d005 73000000"),
    "ppc64le": _Ending(machine=21, code="01000038 00006038 02000044", flags=2),
    "s390x": _Ending(machine=22, code="a7290000 0a01", order=">"),
}


def processor_for(session: Session, image: Original, folder: Path) -> Processor:
    """For an image of another architecture than the engine's: seen in a container of it, in which a
    program for its processors ends well or is no program. It is written into the folder."""
    if image.architecture not in _ENDINGS:
        return Processor.OWN
    engine = session.engine
    program = folder / f"ends-on-{image.architecture}"
    program.write_bytes(smallest_program(image.architecture))
    program.chmod(0o755)
    trial = session.create_with_sensor("emulator", helper(image.id, (), (), ()), program)
    try:
        engine.start_container(trial)
        ran = engine.wait_container(trial, _PATIENCE) == 0
    except EngineOperationError:  # some engines say at once that it is no program of theirs
        ran = False
    session.discard(trial)
    return Processor.EMULATED if ran else Processor.NONE


def smallest_program(architecture: str) -> bytes:
    """An executable for Linux on one of these processors that does nothing but end with status 0.
    Source: the ELF-64 object file format, and syscall(2)."""
    ending = _ENDINGS[architecture]
    code = bytes.fromhex(ending.code)
    size = _HEADERS + len(code)
    order = ending.order
    ident = b"\x7fELF" + bytes((2, 1 if order == "<" else 2, 1)) + bytes(9)
    entry = _ADDRESS + _HEADERS
    header = struct.pack(
        f"{order}16sHHIQQQIHHHHHH",
        *(ident, 2, ending.machine, 1, entry, 64, 0, ending.flags, 64, 56, 1, 0, 0, 0),
    )
    readable_executable = 5
    loaded = struct.pack(
        f"{order}IIQQQQQQ", 1, readable_executable, 0, _ADDRESS, _ADDRESS, size, size, 0x10000
    )
    return header + loaded + code
