"""What Podman takes in another form than Docker."""

from __future__ import annotations

from typing import Any

import pytest

from slimmer.engine.podman.settings import profile_of, with_owned_memory, with_profile_file
from slimmer.values import podman_tmpfs


@pytest.mark.parametrize(
    ("options", "user", "told"),
    [
        ("", "", ""),
        ("mode=755,exec", "33", "mode=755,exec"),
        ("mode=750,uid=33,gid=44", "33:44", "mode=750,U"),
        ("uid=33,gid=33", "33", "U"),
        ("mode=750,uid=33,gid=44", "33:33", None),
        ("mode=750,uid=33", "", None),
        ("mode=750,uid=33", "www-data", None),
    ],
)
def test_a_tmpfs_has_no_owner_but_the_containers_user(
    options: str, user: str, told: str | None
) -> None:
    assert podman_tmpfs(options, user) == told


def test_what_has_another_owner_is_a_volume() -> None:
    given: dict[str, Any] = {
        "User": "33:44",
        "Volumes": {"/data": {}},
        "HostConfig": {"Tmpfs": {"/own": "uid=33,gid=44", "/other": "uid=1", "/tmp": ""}},
    }
    found = with_owned_memory(given)
    assert found["HostConfig"]["Tmpfs"] == {"/own": "U", "/tmp": ""}
    assert found["Volumes"] == {"/data": {}, "/other": {}}


def test_a_profile_is_a_file() -> None:
    given: dict[str, Any] = {
        "HostConfig": {"SecurityOpt": ["no-new-privileges", 'seccomp={"defaultAction": "x"}']}
    }
    assert profile_of(given) == '{"defaultAction": "x"}'
    found = with_profile_file(given, "/var/p.json")
    assert found["HostConfig"]["SecurityOpt"] == ["no-new-privileges", "seccomp=/var/p.json"]
    assert profile_of(found) == ""
    assert profile_of({"HostConfig": {}}) == ""
