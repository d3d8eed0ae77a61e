"""System calls as words: `read`, and with the argument that decides `ioctl:0x5401`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slimmer.values import CallUse

_WORD: Final = re.compile(r"([a-z0-9_]{1,64})(?::0x([0-9a-f]{1,8}))?")
_ARCHITECTURES: Final = ("x86_64", "i386", "arm64", "arm")


def call_text(call: CallUse) -> str:
    """The word for a call."""
    return call.name if call.argument < 0 else f"{call.name}:{call.argument:#x}"


def read_calls(phase: str, architecture: str, words: str) -> Iterator[CallUse]:
    """The calls of one line. Raises ValueError for anything but what `call_text` wrote."""
    if architecture not in _ARCHITECTURES:
        raise ValueError(f"not an architecture: {architecture}")
    for word in words.split(" "):
        match = _WORD.fullmatch(word)
        if match is None:
            raise ValueError(f"not a system call: {word}")
        name, argument = match.groups()
        yield CallUse(
            phase=phase,
            architecture=architecture,
            name=name,
            argument=-1 if argument is None else int(argument, 16),
        )
