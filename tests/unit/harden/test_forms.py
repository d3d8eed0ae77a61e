"""What is written down, read by those that it is for."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from slimmer.harden import (
    APPARMOR_NAME,
    COMPOSE_NAME,
    KUBERNETES_NAME,
    LANDLOCK_NAME,
    RUN_NAME,
    Ground,
    texts_of,
)
from slimmer.values import (
    Access,
    Hardening,
    NeededCapability,
    PlaceKind,
    Sighting,
    Source,
    Trace,
    WritablePlace,
)
from tests.unit.harden.application import directory, entry, ground, link

IMAGE = "registry.example/shop/My_App:1-slim"
MEMORY = WritablePlace(path="/run", kind=PlaceKind.TMPFS, options="mode=755", reason="because")
VOLUME = WritablePlace(path="/app/data", kind=PlaceKind.VOLUME, reason="because")
STRICT = Hardening(
    user="101:102",
    is_root=False,
    capabilities=(),
    read_only=True,
    no_new_privileges=True,
    places=(MEMORY,),
    image_volumes=("/data",),
    low_ports=(80,),
    trials=5,
)
LAX = Hardening(
    is_root=True,
    capabilities=(NeededCapability(name="CHOWN", reason="because"),),
    read_only=False,
    no_new_privileges=False,
    trials=20,
)
HOSTILE = (
    '/app/a "quoted" {b}',
    "/app/new\nline",
    "/app/byte-\udcff",
    "/app/ü*[?]",
    "/app/@{x},^",
    "/app/${x}$$y$",
)
GROUND = ground(
    entry("/usr/bin/python3.11"),
    link("/usr/bin/python3", "python3.11"),
    entry("/usr/lib/libc.so.6"),
    entry("/usr/lib/unseen.so"),
    *map(entry, HOSTILE),
)


def seen(path: str, access: Access = Access.OPEN) -> Sighting:
    return Sighting(path=path, access=access, phase="boot", program="", source=Source.NOTIFY)


TRACE = Trace(
    sources=frozenset(),
    missing_sources={},
    phases=("boot",),
    sightings=(
        seen("/usr/bin/python3", Access.EXECUTE),
        seen("/usr/lib/libc.so.6"),
        seen("/app", Access.LOOKUP),
        *map(seen, HOSTILE),
    ),
    exit_status=None,
    records=3,
)


def texts(hardening: Hardening, *, narrow: bool = False, on: Ground = GROUND) -> dict[str, str]:
    return dict(texts_of(hardening, IMAGE, "docker", trace=TRACE, ground=on, narrow=narrow))


ALL = {
    "strict": STRICT,
    "lax": LAX,
    "volume": replace(STRICT, places=(MEMORY, VOLUME), user=""),
    "given": replace(STRICT, places=(MEMORY, replace(VOLUME, is_needed=False))),
    "owned": replace(
        STRICT,
        places=(
            replace(MEMORY, path="/run/app", options="mode=750,uid=101,gid=102"),
            replace(MEMORY, path="/var/other", options="mode=750,uid=7"),
        ),
    ),
    "executed": replace(STRICT, places=(replace(MEMORY, options="exec"),)),
}


def words_of(
    name: str,
    folder: Path,
    *arguments: str,
    engine: str = "docker",
    variables: Mapping[str, str] | None = None,
) -> list[str]:
    """What the script gives an engine's command, which here is a program that writes it down."""
    program, script = folder / engine, folder / "run.sh"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    program.chmod(0o755)
    script.write_text(texts(ALL[name])[RUN_NAME])
    ran = subprocess.run(
        ["/bin/sh", script, *arguments],
        env={"PATH": f"{folder}:/bin:/usr/bin", **(variables or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@pytest.mark.parametrize("name", ALL)
class TestEach:
    def test_the_script_is_one_command_with_these_words(self, name: str, tmp_path: Path) -> None:
        """A shell reads it, and a docker of ours writes down what it gets."""
        words = words_of(name, tmp_path, "-p", "80:80")
        assert words[:3] == ["run", "--rm", "--cap-drop=ALL"]
        assert words[-3:] == ["-p", "80:80", IMAGE]
        assert ("--read-only" in words) == ALL[name].read_only

    def test_the_script_finds_the_seccomp_profile_from_anywhere(
        self, name: str, tmp_path: Path
    ) -> None:
        (tmp_path / "docker").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
        (tmp_path / "docker").chmod(0o755)
        folder = tmp_path / "a folder"
        folder.mkdir()
        made = texts_of(
            *(ALL[name], IMAGE, "docker"),
            trace=TRACE, ground=GROUND, narrow=False, seccomp="../my app.json",
        )  # fmt: skip
        (folder / "run.sh").write_text(made[RUN_NAME])
        path = f"{tmp_path}:/bin:/usr/bin"
        words = subprocess.check_output(
            ["/bin/sh", "a folder/run.sh"], cwd=tmp_path, env={"PATH": path}, text=True
        ).splitlines()
        assert "--security-opt=seccomp=a folder/../my app.json" in words
        assert "profile my app.json on" in made[COMPOSE_NAME]
        assert "localhostProfile: my app.json\n" in made[KUBERNETES_NAME].replace('"', "")
        assert yaml.safe_load(made[COMPOSE_NAME]) == yaml.safe_load(texts(ALL[name])[COMPOSE_NAME])

    def test_podman_gets_no_tmpfs_with_an_owner(self, name: str, tmp_path: Path) -> None:
        words = words_of(name, tmp_path, engine="podman", variables={"ENGINE": "podman"})
        assert words[:2] == ["run", "--rm"]
        assert not any("uid=" in word for word in words)
        lowest = "--sysctl=net.ipv4.ip_unprivileged_port_start=0"
        assert (lowest in words) == (ALL[name].is_root is False)
        if name == "owned":
            assert "--tmpfs=/run/app:mode=750,U" in words
            assert "--volume=/var/other" in words

    def test_kubernetes_knows_each_field(self, name: str) -> None:
        pod = yaml.safe_load(texts(ALL[name])[KUBERNETES_NAME])
        kubernetes_validate.validate(pod, "1.30", strict=True)
        container = pod["spec"]["containers"][0]
        mounted = [each["name"] for each in container.get("volumeMounts", ())]
        assert mounted == [each["name"] for each in pod["spec"].get("volumes", ())]
        assert container["name"] == "my-app"

    @pytest.mark.parametrize("narrow", [True, False])
    def test_apparmor_reads_the_profile(self, name: str, narrow: bool) -> None:
        parser = shutil.which("apparmor_parser") or pytest.fail("no apparmor_parser: see Makefile")
        profile = texts(ALL[name], narrow=narrow)[APPARMOR_NAME]
        read = subprocess.run(
            [parser, "-Q", "-K", "--names"], input=profile, capture_output=True, text=True
        )
        assert read.returncode == 0, f"{read.stderr}\n{profile}"
        assert read.stdout.split() == ["slim-my-app"]

    @pytest.mark.parametrize("narrow", [True, False])
    def test_landlock_rules_name_rights_and_paths(self, name: str, narrow: bool) -> None:
        rules = json.loads(texts(ALL[name], narrow=narrow)[LANDLOCK_NAME])
        assert set(rules) == {"abi", "ruleset", "pathBeneath"}
        for each in rules["pathBeneath"]:
            assert set(each) == {"allowedAccess", "parent"}
            assert all(path.startswith("/") for path in each["parent"])


def container_of(hardening: Hardening) -> dict[str, Any]:
    pod = yaml.safe_load(texts(hardening)[KUBERNETES_NAME])
    found: dict[str, Any] = pod["spec"]["containers"][0]
    return found


def test_a_pod_that_is_not_roots_says_so() -> None:
    rights = container_of(STRICT)["securityContext"]
    assert rights == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "runAsUser": 101,
        "runAsGroup": 102,
    }
    pod = yaml.safe_load(texts(STRICT)[KUBERNETES_NAME])
    assert pod["spec"]["securityContext"]["sysctls"][0]["value"] == "0", "for port 80"


def test_a_user_of_the_image_is_a_number_for_kubernetes() -> None:
    """It refuses to run a name as non-root."""
    named = replace(STRICT, user="", process_user="999:998")
    rights = container_of(named)["securityContext"]
    assert (rights["runAsUser"], rights["runAsGroup"]) == (999, 998)
    assert "--user" not in texts(named)[RUN_NAME], "Docker knows the name, and its other groups"
    given = container_of(replace(named, user="app"))["securityContext"]
    assert given["runAsUser"] == 999
    assert "runAsUser" not in container_of(replace(LAX, process_user="0:0"))["securityContext"]


def test_an_empty_directory_would_hide_what_the_image_has() -> None:
    container = container_of(ALL["volume"])
    assert not container["securityContext"]["readOnlyRootFilesystem"]
    assert "volumeMounts" not in container
    given = container_of(ALL["given"])
    assert given["securityContext"]["readOnlyRootFilesystem"]
    assert [each["mountPath"] for each in given["volumeMounts"]] == ["/data", "/run"]


def test_a_compose_fragment_of_all_parts() -> None:
    service = yaml.safe_load(texts(ALL["volume"])[COMPOSE_NAME])["services"]["my-app"]
    assert service == {
        "image": IMAGE,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "read_only": True,
        "tmpfs": ["/run:mode=755"],
        "volumes": [{"type": "volume", "target": "/app/data"}],
    }
    assert "read_only" not in yaml.safe_load(texts(LAX)[COMPOSE_NAME])["services"]["my-app"]


def test_a_narrow_profile_denies_what_was_not_seen() -> None:
    narrow, wide = (texts(STRICT, narrow=each)[APPARMOR_NAME] for each in (True, False))
    assert '"/usr/bin/python3.11" mrix' in narrow, "by its link"
    assert '"/usr/lib/libc.so.6" mr,' in narrow
    assert "unseen" not in narrow
    assert "/** mrix" not in narrow
    assert "/** mrix" in wide
    assert 'deny "/run/**" mx' in wide, "nothing that was written is executed"


def test_a_dollar_begins_no_variable_in_a_landlock_ruleset() -> None:
    rules = json.loads(texts(STRICT, narrow=True)[LANDLOCK_NAME])["pathBeneath"]
    paths = {path for each in rules for path in each["parent"]}
    assert "/app/$${x}$$$$y$$" in paths


def test_landlock_gives_the_image_without_what_is_written() -> None:
    rules = json.loads(texts(STRICT)[LANDLOCK_NAME])["pathBeneath"]
    found = {tuple(each["allowedAccess"]): each["parent"] for each in rules[1:]}
    assert found["abi.read_execute",] == ["/app", "/usr"]
    assert found["abi.read_write",] == ["/data", "/dev", "/run"]


def test_empty_directories_of_the_image_are_no_reason_for_a_rule() -> None:
    rules = json.loads(texts(STRICT, on=ground(directory("/run")))[LANDLOCK_NAME])["pathBeneath"]
    assert [each["allowedAccess"] for each in rules] == [["abi.read_execute"], ["abi.read_write"]]
