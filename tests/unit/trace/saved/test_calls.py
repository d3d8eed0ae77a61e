"""System calls in saved traces: written, read, joined; and files without any."""

from __future__ import annotations

import pytest

from slimmer.errors import TraceFileError
from slimmer.trace.saved import from_bytes, merge, of_roles, to_bytes
from slimmer.trace.saved.writing import checksum
from slimmer.values import CallUse
from tests.unit.trace.saved.examples import saved

READ = CallUse(phase="boot", architecture="x86_64", name="read")
SOCKET = CallUse(phase="boot", architecture="x86_64", name="socket", argument=2)
STAT = CallUse(phase="shutdown", architecture="i386", name="stat64")


def test_they_are_read_as_they_were_written() -> None:
    trace = saved(calls=(READ, SOCKET, STAT))
    data = to_bytes(trace)
    assert data.startswith(b"slimmer trace 2\n")
    assert b"calls\tboot\tx86_64\tread socket:0x2\n" in data
    assert from_bytes(data, "app.trace") == trace
    assert from_bytes(data, "app.trace").trace().calls == trace.calls


def test_a_file_without_any_is_as_before() -> None:
    assert to_bytes(saved()).startswith(b"slimmer trace 1\n")


def test_runs_are_joined() -> None:
    one, other = saved(calls=(READ,)), saved(calls=(READ, STAT))
    assert merge([one, other]).calls == (READ, STAT)
    assert merge([saved(), other]).calls == (READ, STAT)


def test_roles_keep_theirs_apart() -> None:
    both = of_roles((("web", saved(calls=(READ,))), ("worker", saved(calls=(SOCKET,)))))
    assert [call.phase for call in both.calls] == ["web: boot", "worker: boot"]
    web, worker = (both.trace_of(role).calls for role in both.roles)
    assert (web, worker) == ((READ,), (SOCKET,))


@pytest.mark.parametrize(
    "line",
    [
        "calls\tboot\tx86_64\tREAD",
        "calls\tboot\tx86_64\tsocket read",
        "calls\tboot\tmips\tread",
        "calls\tnever\tx86_64\tread",
        "calls\tboot\tx86_64",
        "calls\tboot\tx86_64\tread read",
    ],
)
def test_what_is_no_call_is_refused(line: str) -> None:
    whole = to_bytes(saved(calls=(READ,)))
    body = whole[: whole.rindex(b"end\t")].replace(b"calls\tboot\tx86_64\tread", line.encode())
    with pytest.raises(TraceFileError, match="not what a saved trace has there"):
        from_bytes(body + f"end\t{checksum(body)}\n".encode(), "app.trace")
