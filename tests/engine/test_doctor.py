"""`slim doctor` on this engine, and where there is none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import Ran, State

pytestmark = pytest.mark.engine


def test_all_is_well(
    slim: Callable[..., Ran], client: docker.DockerClient, unchanged: Callable[[], State]
) -> None:
    unchanged()
    ran = slim("doctor")
    assert ran.code == 0, ran.stdout
    assert client.version()["Version"] in ran.stdout
    assert "system calls (seccomp notification): works" in ran.stdout
    assert "opened files (fanotify): works" in ran.stdout


def test_for_machines(slim: Callable[..., Ran], client: docker.DockerClient) -> None:
    findings = json.loads(slim("doctor", "--json").stdout)
    by_subject = {finding["subject"]: finding for finding in findings}
    assert by_subject["API version"]["found"].startswith(client.api.api_version[:2])
    assert {finding["state"] for finding in findings} <= {"good", "limited"}


@pytest.mark.parametrize("arguments", [(), ("--json",)], ids=["text", "json"])
def test_without_an_engine(
    slim: Callable[..., Ran], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    environment = {"DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    ran = slim("doctor", *arguments, environment=environment)
    assert ran.code == 18
    assert "no container engine answers" in ran.stderr
    assert "temporary folder" in ran.stdout
    assert "slim doctor" not in ran.stderr, "it has just been asked"


@pytest.mark.parametrize("address", ["foo", "foo://x", "tcp://", "unix:", "tcp://a b:1", "fd://"])
def test_what_is_no_address_is_told_as_that(slim: Callable[..., Ran], address: str) -> None:
    ran = slim("doctor", environment={"DOCKER_HOST": address})
    assert ran.code == 18
    assert f"`{address}` is not the address of a container engine" in ran.stderr
    assert "hint: write it as unix:///var/run/docker.sock" in ran.stderr


def test_an_engine_behind_ssh(slim: Callable[..., Ran], tmp_path: Path) -> None:
    """`ssh` runs the command here: it gets what a real one would have handed to the far shell."""
    ssh = tmp_path / "ssh"
    ssh.write_text(
        '#!/bin/sh\nunset DOCKER_HOST\nwhile [ "$1" != docker ]; do shift; done\nexec "$@"\n'
    )
    ssh.chmod(0o755)
    environment = {"DOCKER_HOST": "ssh://far", "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ran = slim("doctor", environment=environment)
    assert ran.code == 0, ran.stdout
    assert "ssh://far" in ran.stdout
    assert "opened files (fanotify): works" in ran.stdout
