"""System calls that a traced run made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class CallUse:
    """One system call, seen in one phase (repeats are folded)."""

    phase: str
    architecture: str
    """Of the caller: `x86_64`, `arm64`, or of a 32-bit program `i386`, `arm`."""
    name: str
    """As the kernel's table has it; `syscall_N` for a number that no table knows."""
    argument: int = -1
    """The one that decides how dangerous the call is (a socket's family, an ioctl's request), of
    the calls that have one; its lower 32 bits."""
