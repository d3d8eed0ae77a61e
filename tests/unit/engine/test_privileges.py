"""What the target's container is lent for the gate, and what becomes of the user's own options."""

from __future__ import annotations

import json
from typing import Any

import pytest

from slimmer.engine import as_user_would, loan, traced
from slimmer.values import RunOptions

NO = ("--give-up", "SYS_ADMIN", "--seal")


@pytest.mark.parametrize(
    ("options", "lent", "gate"),
    [
        ({}, ("SYS_ADMIN",), NO),
        ({"cap_add": ("NET_ADMIN",)}, ("SYS_ADMIN",), NO),
        ({"cap_add": ("cap_sys_admin",)}, (), ()),
        ({"cap_add": ("ALL",)}, (), ()),
        (
            {"cap_drop": ("ALL",)},
            ("SETPCAP", "SYS_ADMIN"),
            ("--give-up", "SETPCAP,SYS_ADMIN", "--seal"),
        ),
        ({"cap_drop": ("ALL",), "cap_add": ("SETPCAP",)}, ("SYS_ADMIN",), NO),
        ({"cap_drop": ("CAP_SETPCAP",), "cap_add": ("SYS_ADMIN",)}, ("SETPCAP",),
         ("--give-up", "SETPCAP")),
        ({"security_opts": ("seccomp=unconfined",)}, ("SYS_ADMIN",), NO[:2]),
        ({"security_opts": ("no-new-privileges",)}, (), ()),
        ({"security_opts": ("no-new-privileges:true",)}, (), ()),
        ({"security_opts": ("no-new-privileges=false",)}, ("SYS_ADMIN",), NO),
    ],
)  # fmt: skip
def test_what_the_users_options_do_not_give_is_lent(
    options: dict[str, Any], lent: tuple[str, ...], gate: tuple[str, ...]
) -> None:
    run = RunOptions(**options)
    given = loan({}, run)
    assert (given.capabilities, given.gate) == (lent, gate)
    plain = as_user_would("sha256:1", run, (), loopback=True)
    host = traced(plain, ("/bin/app",), given)["HostConfig"]
    assert host.get("CapAdd", []) == [*run.cap_add, *lent]
    assert not {each.removeprefix("CAP_") for each in host.get("CapDrop", ())} & set(lent)
    assert "User" not in plain, "who the command is stays the engine's work"


@pytest.mark.parametrize(
    ("config", "user", "other_users", "by_file"),
    [
        ({}, "", False, False),
        ({"User": "root:adm"}, "", False, False),
        ({"User": "app"}, "", False, True),
        ({"User": "app"}, "0", False, False),
        ({}, "1000:5", False, True),
        ({}, "", True, True),
    ],
)
def test_the_gates_file_carries_them_for_whoever_is_not_root(
    config: dict[str, Any], user: str, other_users: bool, by_file: bool
) -> None:
    assert loan(config, RunOptions(user=user), other_users=other_users).by_file is by_file
    refused = RunOptions(user=user, security_opts=("no-new-privileges",))
    assert not loan(config, refused, other_users=other_users).by_file


def test_a_profile_of_the_users_own_judges_as_without_the_loan() -> None:
    allow = {"names": ["read"], "action": "SCMP_ACT_ALLOW"}
    profile = {
        "defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [
            allow,
            {**allow, "names": ["mount"], "includes": {"caps": ["CAP_SYS_ADMIN"]}},
            {**allow, "names": ["chroot"], "includes": {"caps": ["CAP_SYS_CHROOT"]}},
            {**allow, "names": ["clone"], "excludes": {"caps": ["CAP_SYS_ADMIN"], "arches": ["s"]}},
        ],
    }
    run = RunOptions(security_opts=(f"seccomp={json.dumps(profile)}",))
    plain = as_user_would("sha256:1", run, (), loopback=True)
    (option,) = traced(plain, ("/bin/app",), loan({}, run))["HostConfig"]["SecurityOpt"]
    rules = json.loads(option.removeprefix("seccomp="))["syscalls"]
    assert [rule["names"] for rule in rules] == [["read"], ["chroot"], ["clone"]]
    assert rules[2]["excludes"] == {"caps": [], "arches": ["s"]}


@pytest.mark.parametrize(
    ("options", "lower"),
    [
        ({}, ("--lower", "SETPCAP")),
        ({"cap_add": ("SETPCAP",)}, ()),
        ({"cap_drop": ("ALL",)}, ()),
    ],
)
def test_what_root_has_by_itself_is_asked_for_by_name_for_others(
    options: dict[str, Any], lower: tuple[str, ...]
) -> None:
    """Podman makes ambient what is asked for; the bounding set stays as it would be."""
    given = loan({"User": "app"}, RunOptions(**options))
    assert given.gate[2 : 2 + len(lower)] == lower
    assert ("SETPCAP" in given.capabilities) == (options != {"cap_add": ("SETPCAP",)})
    assert "--lower" not in loan({}, RunOptions(**options)).gate
