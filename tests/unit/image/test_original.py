"""Originals from what engines answer, and the names that results get from them."""

from __future__ import annotations

from typing import Any

import pytest

from slimmer.errors import EngineOperationError, UsageError
from slimmer.image import debug_tag, read_original, repository_tags, slim_tag
from slimmer.values import Original

ID = "sha256:" + "cafe" * 16
DIGEST = "sha256:" + "0123456789ab" + "0" * 52

# Docker 20.10 writes every key; this is what `docker import` and a classic build leave.
OLD: dict[str, Any] = {
    "Id": ID,
    "RepoTags": ["my-app:1", "other:2"],
    "Created": "2024-01-02T03:04:05.6Z",
    "Config": {
        "Hostname": "3c1f",
        "Domainname": "",
        "User": "",
        "AttachStdin": False,
        "Tty": False,
        "Env": ["PATH=/bin"],
        "Cmd": None,
        "Image": "sha256:parent",
        "Volumes": None,
        "WorkingDir": "/app",
        "Entrypoint": ["/entry"],
        "OnBuild": None,
        "Labels": {},
        "StopTimeout": 0,
        "ExposedPorts": {"80/tcp": {}},
    },
    "Architecture": "arm64",
    "Variant": "v8",
    "Os": "linux",
    "Size": 100,
    "VirtualSize": 100,
    "RootFS": {"Type": "layers", "Layers": ["sha256:1", "sha256:2"]},
}

# Docker 29 leaves out what is empty.
NEW: dict[str, Any] = {
    "Id": ID,
    "Config": {"Env": ["PATH=/bin"], "WorkingDir": "/app", "Entrypoint": ["/entry"]},
    "Architecture": "amd64",
    "Os": "linux",
    "Size": 100,
    "RootFS": {"Type": "layers", "Layers": ["sha256:1"]},
}


def named(reference: str) -> Original:
    return read_original(reference, OLD)


def test_an_old_engines_answer_leaves_only_what_the_author_set() -> None:
    original = named("my-app:1")

    assert original.config == {
        "Entrypoint": ["/entry"],
        "Env": ["PATH=/bin"],
        "ExposedPorts": {"80/tcp": {}},
        "StopTimeout": 0,
        "WorkingDir": "/app",
    }
    assert (original.architecture, original.variant) == ("arm64", "v8")
    assert original.layers == ("sha256:1", "sha256:2")


def test_a_new_engines_answer_needs_no_more_than_it_has() -> None:
    original = read_original("my-app", NEW)

    assert original.created == ""
    assert original.variant == ""
    assert original.config["Entrypoint"] == ["/entry"]
    assert repository_tags(NEW) == ()


def test_a_scratch_image_may_have_no_configuration_at_all() -> None:
    assert read_original("x", {"Id": ID, "Config": None, "RootFS": {}}).config == {}


def test_a_setting_of_a_future_engine_survives() -> None:
    config = {**OLD["Config"], "FutureSetting": {"a": 1}}

    assert read_original("x", {**OLD, "Config": config}).config["FutureSetting"] == {"a": 1}


def test_an_answer_without_an_id_is_no_image() -> None:
    with pytest.raises(EngineOperationError, match="my-app"):
        read_original("my-app", {"message": "teapot"})


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("my-app", "my-app:latest-slim"),
        ("my-app:1", "my-app:1-slim"),
        ("r.example:5000/team/my-app:1", "r.example:5000/team/my-app:1-slim"),
        (f"my-app@{DIGEST}", "my-app:0123456789ab-slim"),
        (f"my-app:1@{DIGEST}", "my-app:1-slim"),
        (ID, "my-app:1-slim"),
        ("cafecafecafe", "my-app:1-slim"),
        ("deadbeef", "deadbeef:latest-slim"),
    ],
)
def test_the_slim_tag_is_made_from_the_originals_name(reference: str, expected: str) -> None:
    assert slim_tag(named(reference), repository_tags=repository_tags(OLD)) == expected


def test_the_debug_tag_is_the_slim_one_with_debug_behind_it() -> None:
    assert debug_tag("my-app:1-slim") == "my-app:1-slim-debug"
    assert debug_tag("my-app") == "my-app:latest-debug"


def test_an_original_without_a_name_asks_for_one() -> None:
    with pytest.raises(UsageError) as raised:
        slim_tag(named(ID), repository_tags=["<none>:<none>"])

    assert "--tag" in raised.value.hint


def test_a_tag_with_no_room_for_the_suffix_asks_for_another() -> None:
    with pytest.raises(UsageError) as raised:
        slim_tag(named("my-app:" + "t" * 125))

    assert "--tag" in raised.value.hint
