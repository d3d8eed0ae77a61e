"""The file that engines take: written, read again, and what is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import SeccompProfileError
from slimmer.seccomp import (
    Profile,
    check_place,
    compose_profile,
    from_document,
    to_document,
    write_profile,
)
from slimmer.values import CallUse

SEEN = (
    CallUse(phase="boot", architecture="x86_64", name="socket", argument=2),
    CallUse(phase="boot", architecture="x86_64", name="mlock"),
)
PROFILE = compose_profile(SEEN, "amd64", ordinary=False)


def document(profile: Profile = PROFILE, **changes: Any) -> dict[str, Any]:
    return {**json.loads(to_document(profile)), **changes}


def refusal(value: Any) -> SeccompProfileError:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    with pytest.raises(SeccompProfileError) as caught:
        from_document(data, "given.json")
    return caught.value


def test_it_has_the_form_of_the_runtime_specification() -> None:
    made = document()
    assert (made["defaultAction"], made["defaultErrnoRet"]) == ("SCMP_ACT_ERRNO", 1)
    assert made["architectures"] == ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]
    free, *rest = made["syscalls"]
    assert free["action"] == "SCMP_ACT_ALLOW"
    assert free["names"] == sorted(free["names"])
    assert {"mlock", "rt_sigreturn"} <= set(free["names"])
    assert {"socket", "clone", "ioctl", "prctl"}.isdisjoint(free["names"])
    (socket,) = [rule for rule in rest if rule["names"] == ["socket"]]
    assert socket["args"] == [
        {"index": 0, "value": 0xFFFFFFFF, "valueTwo": 2, "op": "SCMP_CMP_MASKED_EQ"}
    ]
    assert rest[-1]["errnoRet"] == 38
    assert "clone3" in rest[-1]["names"]


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_it_is_read_as_it_was_written(architecture: str) -> None:
    made = compose_profile(SEEN, architecture, ordinary=True)
    data = to_document(made)
    read = from_document(data, "given.json")
    assert (read.allowed, read.architecture) == (made.allowed, architecture)
    assert to_document(read) == data
    assert set(read.reasons.values()) == {"given.json"}


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (b"", "Expecting value"),
        (b"[]", "no `defaultAction`"),
        ({"kept": []}, "no `defaultAction`"),
        (document(defaultAction="SCMP_ACT_ALLOW"), "SCMP_ACT_ALLOW"),
        (document(architectures=["SCMP_ARCH_S390X"]), "architectures"),
        (document(syscalls=7), "not iterable"),
        (document(syscalls=[{"names": [1], "action": "SCMP_ACT_ALLOW"}]), "not the name of a call"),
        (
            document(
                syscalls=[
                    {
                        "names": ["bpf"],
                        "action": "SCMP_ACT_ALLOW",
                        "includes": {"caps": ["CAP_BPF"]},
                    }
                ]
            ),
            "conditions",
        ),
        (
            document(
                syscalls=[
                    {
                        "names": ["socket"],
                        "action": "SCMP_ACT_ALLOW",
                        "args": [{"index": 0, "value": 12, "op": "SCMP_CMP_LT"}],
                    }
                ]
            ),
            "SCMP_CMP_LT",
        ),
    ],
)
def test_what_is_no_profile_is_refused(value: Any, detail: str) -> None:
    error = refusal(value)
    assert "given.json" in error.message
    assert detail in error.details
    assert error.exit_code == 54


def test_it_is_written_whole(tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    write_profile(file, PROFILE)
    assert file.read_bytes() == to_document(PROFILE)
    assert [each.name for each in tmp_path.iterdir()] == ["profile.json"]


def test_a_place_that_takes_no_file_is_told_before_a_run(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none" / "profile.json"):
        with pytest.raises(SeccompProfileError, match="cannot be written"):
            check_place(place)
    check_place(tmp_path / "profile.json")
    check_place(Path("/dev/stdout"))
