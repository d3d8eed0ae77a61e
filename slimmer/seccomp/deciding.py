"""Calls of which an argument decides how dangerous they are: a profile allows those values alone.

The values are compared in the bits of a mask, since a C library may fill the upper half of a
register as it likes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_NAMESPACES: Final = 0x7E020000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET."""
_WORD: Final = 0xFFFFFFFF


@dataclass(frozen=True, kw_only=True)
class Deciding:
    """The argument that decides."""

    index: int
    """From 0."""
    mask: int = _WORD
    """The bits that count."""


DECIDING: Final[Mapping[str, Deciding]] = {
    "bpf": Deciding(index=0),
    "clone": Deciding(index=0, mask=_NAMESPACES),
    "ioctl": Deciding(index=1),
    "keyctl": Deciding(index=0),
    "personality": Deciding(index=0),
    "prctl": Deciding(index=0),
    "ptrace": Deciding(index=0),
    "socket": Deciding(index=0),
    "socketpair": Deciding(index=0),
    "unshare": Deciding(index=0),
}
"""The sensor reads the same arguments (probes/sensor/census_program.c), and that of arch_prctl and
socketcall, which are told and not filtered."""
