"""Arguments of `docker run`, in the spellings that people use there."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.errors import ConfigurationError, SlimError, UsageError
from slimmer.options import DockerRun, parse_docker_run
from slimmer.values import PortBinding, RunOptions


def test_nothing() -> None:
    assert parse_docker_run([]) == DockerRun()


def test_everything(tmp_path: Path) -> None:
    (tmp_path / "variables").write_text("FROM=file\nBOTH=file\n")
    given = parse_docker_run(
        [
            "--rm", "-d", "--name", "tested", "-p", "8080:80", "--publish=127.0.0.1::443/tcp", "-P",
            "-e", "A=1", "--env", "BOTH=flag", "--env-file", str(tmp_path / "variables"),
            "-v", "/a:/b:ro", "--volume=data:/data", "--mount", "type=bind,src=/c,dst=/d,readonly",
            "--mount", "source=named,target=/e", "--network", "net", "-u", "1:2", "-w", "/w",
            "-h", "host", "--add-host", "db:192.0.2.1", "--entrypoint", "/start",
            "--stop-timeout", "2.5", "serve", "--port", "80", "-x",
        ]
    )  # fmt: skip
    assert given == DockerRun(
        run=RunOptions(
            environment=(("FROM", "file"), ("BOTH", "file"), ("A", "1"), ("BOTH", "flag")),
            volumes=("/a:/b:ro", "data:/data", "/c:/d:ro", "named:/e"),
            network="net",
            user="1:2",
            workdir="/w",
            hostname="host",
            extra_hosts=("db:192.0.2.1",),
            entrypoint=("/start",),
            command=("serve", "--port", "80", "-x"),
            stop_timeout=2.5,
        ),
        name="tested",
        bindings=(
            PortBinding(port=80, host_port="8080"),
            PortBinding(port=443, host_address="127.0.0.1"),
        ),
        publish_all=True,
    )


def test_what_a_container_may_do() -> None:
    given = parse_docker_run(
        [
            "--cap-add=NET_ADMIN", "--cap-add", "CHOWN", "--cap-drop", "ALL", "--init",
            "--tmpfs", "/run:size=1m", "--read-only=true", "--shm-size", "64m",
            "--ulimit", "nofile=1:2", "--device", "/dev/fuse", "--security-opt", "label=disable",
        ]
    )  # fmt: skip
    assert given.run == RunOptions(
        cap_add=("NET_ADMIN", "CHOWN"),
        cap_drop=("ALL",),
        tmpfs=("/run:size=1m",),
        read_only=True,
        shm_size="64m",
        ulimits=("nofile=1:2",),
        init=True,
        devices=("/dev/fuse",),
        security_opts=("label=disable",),
    )


def test_the_last_of_several_values_counts() -> None:
    assert parse_docker_run(["-u", "1", "--user", "2", "--name=a", "--name=b"]) == DockerRun(
        run=RunOptions(user="2"), name="b"
    )


@pytest.mark.parametrize(
    ("text", "bindings"),
    [
        ("80", [PortBinding(port=80)]),
        ("80/udp", [PortBinding(port=80, protocol="udp")]),
        ("127.0.0.1:8080:80", [PortBinding(port=80, host_address="127.0.0.1", host_port="8080")]),
        ("[::1]:8080:80", [PortBinding(port=80, host_address="::1", host_port="8080")]),
        ("8000-8010:80", [PortBinding(port=80, host_port="8000-8010")]),
        ("8000-8001:80-81", [PortBinding(port=80, host_port="8000"),
                             PortBinding(port=81, host_port="8001")]),
    ],
)  # fmt: skip
def test_ports(text: str, bindings: list[PortBinding]) -> None:
    assert list(parse_docker_run(["-p", text]).bindings) == bindings


@pytest.mark.parametrize("words", [["-p80:80"], ["-p=80:80"], ["-dp", "80:80"], ["-itdp80:80"]])
def test_short_flags_in_one_word(words: list[str]) -> None:
    assert parse_docker_run(words).bindings == (PortBinding(port=80, host_port="80"),)


def test_an_empty_entrypoint_clears_the_images_own() -> None:
    assert parse_docker_run(["--entrypoint", "", "ls"]).run.entrypoint == ()
    assert parse_docker_run(["ls"]).run.entrypoint is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--privileged"], "--privileged: a privileged container is not traced"),
        (["--isolation", "process"], "--isolation is not one of the arguments"),
        (["--cap-add", "a b"], "--cap-add: expected CAPABILITY, found the text `a b`"),
        (["--ulimit", "nofile"], "--ulimit: expected NAME=SOFT[:HARD]"),
        (["--tmpfs", "run"], "--tmpfs: expected PATH[:OPTIONS]"),
        (["--shm-size", "much"], "--shm-size: expected SIZE"),
        (["--device", "fuse"], "--device: expected FROM[:TO[:rwm]]"),
        (["--security-opt", "seccomp=/no/such/file"], "cannot read the seccomp profile"),
        (["--read-only=no"], "takes no value"),
        (["--evn", "A=1"], "--evn is not one"),
        (["-z"], "-z is not one"),
        (["--env"], "--env needs a value"),
        (["--rm=no"], "takes no value"),
        (["-p", "http:80"], "expected"),
        (["-p", "0"], "not a port"),
        (["-p", "80:70000"], "not a port"),
        (["-p", "1-2:80-82"], "differ in length"),
        (["--stop-timeout", "soon"], "expected a number of seconds"),
        (["--stop-timeout=-1"], "expected a number of seconds"),
        (["-v", "/data"], "expected SOURCE:TARGET"),
        (["--mount", "type=tmpfs,target=/x"], "expected type=bind"),
        (["--mount", "type=bind,src=/a,dst=/b,bind-propagation=shared"], "expected type=bind"),
    ],
)
def test_what_is_not_understood_is_refused(words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_docker_run(words)
    assert message in error.value.message


def test_a_flag_with_a_typo_gets_a_hint() -> None:
    with pytest.raises(UsageError) as error:
        parse_docker_run(["--evn", "A=1"])
    assert error.value.hint == "did you mean --env?"


def test_an_environment_file_that_is_not_there() -> None:
    with pytest.raises(ConfigurationError):
        parse_docker_run(["--env-file", "/no/such/file"])
    assert issubclass(ConfigurationError, SlimError)


@pytest.mark.parametrize("word", ["--output", "-o", "--for", "--json", "--http-probe"])
def test_an_option_of_slim_behind_the_image_is_told_its_place(word: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_docker_run(["-p", "80:80", word, "x"])
    assert f"in front of IMAGE: {word}" in str(error.value.hint)
