"""Numbers of system calls, and their names in each of the kernel's tables."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

_AUDIT: Final = {
    0xC000003E: "x86_64",
    0x40000003: "i386",
    0xC00000B7: "arm64",
    0x40000028: "arm",
}
"""AUDIT_ARCH_* → the table."""
TABLES: Final = {"amd64": ("x86_64", "i386"), "arm64": ("arm64", "arm")}
"""An image's architecture → the tables of its own programs, and of 32-bit ones."""


def architecture_of(audit: int) -> str:
    """The table that an AUDIT_ARCH_* stands for. Raises ValueError for one that no sensor runs
    on."""
    if audit not in _AUDIT:
        raise ValueError(f"system calls of an unknown architecture: {audit:#x}")
    return _AUDIT[audit]


def call_name(number: int, architecture: str) -> str:
    """The name of a call; `syscall_N` for a number that the table does not have."""
    return _by_number(architecture).get(number, f"syscall_{number}")


@cache
def names_of(architecture: str) -> frozenset[str]:
    """Every call that a table has."""
    return frozenset(_by_number(architecture).values())


@cache
def _by_number(architecture: str) -> dict[int, str]:
    # Typed by nobody; only a run that records system calls loads it.
    from system_calls import syscalls  # type: ignore[import-untyped]

    table: dict[str, Any] = syscalls().load_arch_table(architecture)
    return {int(number): name for name, number in table.items()}
