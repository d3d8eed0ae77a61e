"""Calls that were seen → a profile: what it allows, with which arguments, and what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slimmer.errors import SeccompProfileError
from slimmer.seccomp import (
    FALLS_BACK,
    GROUPS,
    Profile,
    architecture_of,
    call_name,
    compare,
    compose_profile,
    join,
)
from slimmer.values import CallUse

PAGE = Path(__file__).parents[3] / "docs" / "seccomp.md"


def called(name: str, argument: int = -1, *, by: str = "x86_64", phase: str = "boot") -> CallUse:
    return CallUse(phase=phase, architecture=by, name=name, argument=argument)


def profile(*calls: CallUse, architecture: str = "amd64", ordinary: bool = False) -> Profile:
    return compose_profile(calls, architecture, ordinary=ordinary)


def test_numbers_have_the_kernels_names() -> None:
    assert [call_name(0, table) for table in ("x86_64", "i386", "arm64")] == [
        "read",
        "restart_syscall",
        "io_setup",
    ]
    assert call_name(99999, "x86_64") == "syscall_99999"
    assert architecture_of(0xC000003E) == "x86_64"
    with pytest.raises(ValueError, match="unknown architecture"):
        architecture_of(1)


def test_what_was_seen_is_allowed_and_what_was_not_is_not() -> None:
    made = profile(called("mlock"), called("io_setup"))
    assert {"mlock", "io_setup"} <= made.allowed.keys()
    assert made.reasons["mlock"] == "seen"
    for dangerous in ("ptrace", "mount", "bpf", "unshare", "keyctl", "process_vm_readv", "setns"):
        assert dangerous not in profile(ordinary=True).allowed


def test_the_superset_has_what_a_signal_a_thread_and_a_runtime_need() -> None:
    made = profile()
    assert {"rt_sigreturn", "restart_syscall", "futex", "exit_group", "execve", "capset"} <= (
        made.allowed.keys()
    )
    runc, crun = {"setuid", "setgid"}, {"setresuid", "setresgid"}
    assert runc | crun <= made.allowed.keys()
    assert made.reasons["rt_sigreturn"] == "signals"
    assert "mkdir" not in made.allowed
    assert "mkdir" in profile(ordinary=True).allowed


def test_threads_may_ask_for_their_scheduling() -> None:
    """Locks of V8 and of abseil do where threads meet, and complain on stderr if they may not."""
    assert {"sched_getparam", "sched_getscheduler"} <= profile().allowed.keys()


def test_sockets_are_allowed_where_one_was_seen() -> None:
    assert "bind" not in profile(ordinary=True).allowed
    seen = profile(called("socket", 2), ordinary=True)
    assert "bind" in seen.allowed
    assert seen.allowed["socket"] == {1, 2, 10, 16}
    assert profile(called("socket", 2)).allowed["socket"] == {2}


def test_arguments_decide() -> None:
    made = profile(called("ioctl", 0x5414), called("clone", 0x1200011))
    assert not made.stops(called("ioctl", 0x5414))
    assert made.stops(called("ioctl", 0x5412)), "TIOCSTI"
    assert not made.stops(called("clone", 0x3D0F00))
    assert made.stops(called("clone", 0x10000011)), "CLONE_NEWUSER"
    assert made.stops(called("ptrace", 0))
    assert not profile(called("clone", 0x10000011)).stops(called("clone", 0x10000011))


def test_clone3_answers_that_it_does_not_exist() -> None:
    """Its flags lie in memory: who may call it may make namespaces."""
    made = profile(called("clone3"))
    assert "clone3" not in made.allowed
    assert "clone3" in made.absent
    assert "statx" not in made.absent, "what is allowed does not answer ENOSYS"


def test_calls_of_32_bit_programs_come_with_one_that_was_seen() -> None:
    assert "fcntl64" not in profile().allowed
    assert "fcntl64" in profile(called("brk", by="i386")).allowed


def test_an_architecture_has_calls_of_its_own() -> None:
    assert "arch_prctl" not in profile(architecture="arm64").allowed
    assert "stat" not in profile(architecture="arm64").allowed
    with pytest.raises(SeccompProfileError, match="riscv64"):
        profile(architecture="riscv64")


def test_joined_profiles_allow_what_either_does() -> None:
    one, other = profile(called("socket", 2)), profile(called("socket", 1), called("mlock"))
    both = join(one, other)
    assert both.allowed["socket"] == {1, 2}
    assert "mlock" in both.allowed
    assert join(other, one).allowed == both.allowed
    with pytest.raises(SeccompProfileError, match="arm64"):
        join(one, profile(architecture="arm64"))


def test_it_is_compared_with_the_default_profile_of_docker() -> None:
    found = compare(profile(called("ptrace", 0)))
    assert found.default == 308
    assert found.share < 0.6
    assert "process_vm_readv" in found.dangerous_gone
    assert found.dangerous_left == ("ptrace",)
    assert "with ptrace" in found.words


def test_even_with_sockets_the_superset_leaves_room_to_three_fifths() -> None:
    assert compare(profile(called("socket", 2), ordinary=True)).share <= 0.59


def test_the_page_has_every_group_and_every_call() -> None:
    text = PAGE.read_text("utf-8")
    for group in GROUPS:
        (row,) = re.findall(rf"^\| {group.title}(?: \*)? \| .*$", text, re.MULTILINE)
        assert group.reason in row
        assert (f"{group.title} *" in row) is group.ordinary
        assert re.findall("`([a-z0-9_]+)`", row)[-len(group.calls) :] == list(group.calls)
    assert ", ".join(f"`{name}`" for name in sorted(FALLS_BACK)) in text


def test_every_call_of_the_superset_is_one_of_linux() -> None:
    """A misspelled name would be left out without a word."""
    everywhere = {
        call_name(n, table) for table in ("x86_64", "i386", "arm64", "arm") for n in range(600)
    }
    everywhere |= {call_name(0xF0000 + n, "arm") for n in range(16)}
    named = {name for group in GROUPS for name in group.calls} | set(FALLS_BACK)
    assert named - everywhere <= {"set_tls", "cacheflush"}
