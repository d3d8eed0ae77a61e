"""The container that slim itself runs in, and the network it is on."""

from __future__ import annotations

import pytest

from slimmer.engine.own_container import own_container

ID = "0f" * 32
DOCKER = f"""\
530 500 0:52 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A
541 530 8:1 /var/lib/docker/containers/{ID}/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw
"""
PODMAN = f"""\
700 600 0:24 /containers/storage/overlay-containers/{ID}/userdata/hosts /etc/hosts rw - tmpfs t rw
"""
MACHINE = f"""\
22 27 0:21 / /proc rw,relatime - proc proc rw
90 27 0:60 / /var/lib/docker/containers/{ID}/mounts/shm rw - tmpfs shm rw
"""


@pytest.mark.parametrize(("mounts", "expected"), [(DOCKER, ID), (PODMAN, ID), (MACHINE, "")])
def test_a_container_is_known_by_what_its_engine_mounts(mounts: str, expected: str) -> None:
    """And the engine's machine, which sees the mounts of its containers, is none."""
    assert own_container(mounts) == expected
