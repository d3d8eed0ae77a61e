"""What containers may do, as `docker run` has it: it arrives in the traced original, in the
finished images and in a container of `slim trace start`.

The image serves what it found out about its container, so the probes' patterns are the test: the
original must pass them under trace, and the slim image in its smoke test.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml

from slimmer.errors import UsageError
from tests.engine.conftest import BUSYBOX, MINIMAL, Ran

pytestmark = pytest.mark.engine

START = b"""\
#!/bin/sh
{
  grep -E '^(CapEff|NoNewPrivs):' /proc/self/status
  echo "first $(cat /proc/1/comm)"
  echo "root $(touch /somewhere 2>&1 || true)."
  echo "files $(ulimit -Sn) $(ulimit -Hn)"
  echo "zeros $([ -c /dev/nothing ] && head -c 3 /dev/nothing | wc -c)"
  grep -E ' /(dev/shm|tmp) ' /proc/mounts
  chown 1:1 /tmp && echo "owner changed"
  unshare -U true && echo "namespace made"
  true
} >/tmp/state 2>/dev/null
exec httpd -f -p 8080 -h /tmp
"""
USUAL = "00000000a80425fb"
"""The capabilities that the engine gives by itself."""
FLAGS = (
    *("--cap-drop", "ALL", "--cap-add", "CHOWN", "--read-only", "--tmpfs", "/tmp:size=2m"),
    *("--shm-size", "3m", "--ulimit", "nofile=99:199", "--device", "/dev/zero:/dev/nothing:r"),
    *("--security-opt", "no-new-privileges"),
)
KEYS: dict[str, Any] = {
    "cap_drop": "ALL",
    "cap_add": ["CAP_CHOWN"],
    "read_only": True,
    "tmpfs": ["/tmp:size=2m"],
    "shm_size": "3m",
    "ulimits": ["nofile=99:199"],
    "devices": ["/dev/zero:/dev/nothing:r"],
    "security_opt": ["no-new-privileges"],
}
FOUND = {
    "capabilities": r"CapEff:\s+0{15}1\n",
    "privileges": r"NoNewPrivs:\s+1",
    "root": "root .*Read-only file system",
    "memory": "tmpfs /tmp tmpfs .*size=2048k",
    "shared memory": "/dev/shm tmpfs .*size=3072k",
    "limit": "files 99 199",
    "device": "zeros 3",
    "owner": "owner changed",
}
"""What tells of each, as patterns."""
USUALLY = {
    "capabilities": rf"CapEff:\s+{USUAL}",
    "root": r"root \.",
    "memory": r"(?s)\A(?!.*tmpfs /tmp)",
    "shared memory": "size=65536k",
    "device": "zeros \n",
    "owner": "owner changed",
    "namespace": r"(?s)\A(?!.*namespace made)",
}
"""The same without any of them."""
PROFILE = {
    "defaultAction": "SCMP_ACT_ALLOW",
    "syscalls": [{"names": ["chown", "fchownat", "lchown"], "action": "SCMP_ACT_ERRNO"}],
}


@pytest.fixture(scope="module")
def mirror(image: Callable[..., str]) -> str:
    return image(
        f'FROM {BUSYBOX}\nCOPY start /start\nRUN mkdir -p /tmp\nCMD ["/start"]\nEXPOSE 8080\n',
        {"start": START},
    )


@pytest.mark.parametrize(
    ("flags", "keys", "found"),
    [
        ((), {}, USUALLY),
        (FLAGS, {}, FOUND),
        ((), KEYS, FOUND),
        (("--cap-add", "NET_ADMIN"), {}, {"capabilities": r"CapEff:\s+00000000a80435fb"}),
        (("--security-opt", "seccomp=unconfined"), {}, {"namespace": "namespace made"}),
        (
            (),
            {"security_opt": "seccomp=profile.json"},
            {"owner": r"(?s)\A(?!.*owner changed)", "namespace": "namespace made"},
        ),
    ],
    ids=["none", "flags", "slim.yaml", "cap-add", "seccomp", "profile"],
)
def test_settings_are_those_of_every_container(
    slim: Callable[..., Ran],
    mirror: str,
    tmp_path: Path,
    flags: tuple[str, ...],
    keys: dict[str, Any],
    found: dict[str, str],
) -> None:
    (tmp_path / "profile.json").write_text(json.dumps(PROFILE))
    probes = [
        {"http": {"name": name, "path": "/state", "body_pattern": pattern}}
        for name, pattern in found.items()
    ]
    (tmp_path / "my.yaml").write_text(yaml.safe_dump({"probes": probes, "run": keys}))
    ran = slim("build", mirror, "--file", "my.yaml", *MINIMAL, *flags)
    assert ran.passed("original") == ran.passed("slim") == list(found)


@pytest.mark.skipif(shutil.which("docker-init") is None, reason="the engine has no init")
def test_an_init_is_that_of_the_finished_images(
    slim: Callable[..., Ran], mirror: str, tmp_path: Path
) -> None:
    """In the traced original process 1 is the sensor's gate."""
    (tmp_path / "my.yaml").write_text(
        "probes: [{http: /state}]\n"
        "checks: [{http: {name: init, path: /state, body_pattern: 'first docker-init'}}]\n"
    )
    ran = slim("build", mirror, "--file", "my.yaml", *MINIMAL, "--init")
    assert ran.passed("original") == ["GET /state"]
    assert ran.passed("slim") == ["GET /state", "init"]


def test_a_live_trace_has_them_as_well(
    slim: Callable[..., Ran],
    client: docker.DockerClient,
    mirror: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    live = slim("trace", "start", "--json", mirror, *FLAGS).report
    try:
        host = client.api.inspect_container(live["container"])["HostConfig"]
    finally:
        slim("trace", "stop", live["name"], "--discard")
    assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], ["CHOWN"])
    assert (host["ReadonlyRootfs"], host["ShmSize"]) == (True, 3 << 20)
    assert host["Tmpfs"] == {"/tmp": "size=2m"}
    assert host["Ulimits"] == [{"Name": "nofile", "Soft": 99, "Hard": 199}]
    assert host["Devices"] == [
        {"PathOnHost": "/dev/zero", "PathInContainer": "/dev/nothing", "CgroupPermissions": "r"}
    ]
    assert "no-new-privileges" in host["SecurityOpt"]


@pytest.mark.parametrize("command", [("build",), ("trace", "start")])
def test_a_privileged_container_is_refused(
    slim: Callable[..., Ran], mirror: str, command: tuple[str, ...]
) -> None:
    ran = slim(*command, mirror, "--privileged")
    assert ran.code == UsageError.exit_code
    assert "--cap-add" in ran.stderr


def test_a_published_port_is_told_to_be_without_effect(
    slim: Callable[..., Ran], mirror: str
) -> None:
    ran = slim("build", mirror, "-p", "80:8080", "--http-probe", "/state", *MINIMAL)
    assert ran.passed("slim") == ["GET /state"]
    assert "--publish 80:8080 has no effect" in ran.stderr


def test_words_of_a_command_as_json(slim: Callable[..., Ran], mirror: str) -> None:
    """The shell's command is one word, with a quote in it."""
    ran = slim(
        "build", mirror, "--http-probe", "/page", *MINIMAL, "--entrypoint", '["sh", "-c"]',
        "--cmd", json.dumps(["echo >'/tmp/page'; exec httpd -f -p 8080 -h /tmp"]),
    )  # fmt: skip
    assert ran.passed("original") == ran.passed("slim") == ["GET /page"]
