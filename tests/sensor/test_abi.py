"""Calls of other ABIs have other numbers: they are read by their own table, or refused."""

from __future__ import annotations

import platform
from collections.abc import Callable

import pytest

from tests.sensor.enclosure import Enclosure

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="x86_64 has these ABIs")


def test_32_bit_calls_are_read_by_their_own_numbers(enclose: Callable[..., Enclosure]) -> None:
    with enclose("abi32") as enclosure:
        enclosure.run_to_the_end()
        if "no 32-bit calls" in enclosure.output():
            pytest.skip("this kernel runs no 32-bit programs")
        compat = {(record.call, record.path): record for record in enclosure.lookups()}
        assert ("open", "/abi32/open") in compat
        assert ("stat64", "/abi32/stat64") in compat
        assert ("execve", "/abi32/execve") in compat
        assert ("connect", "/abi32/socketcall") in compat
        assert ("openat", "abi32-openat-below-working-directory") in compat
        assert all(
            record.compat for (_, path), record in compat.items() if path.startswith("/abi32/")
        )
        assert not any("written" in path for _, path in compat)
        assert "/abi32/written-and-not-looked-up\n" in enclosure.output()


def test_x32_calls_cannot_pass_unseen(enclose: Callable[..., Enclosure]) -> None:
    with enclose("abi32") as enclosure:
        enclosure.run_to_the_end()
        assert "x32: refused" in enclosure.output()
