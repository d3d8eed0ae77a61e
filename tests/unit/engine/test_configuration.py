"""The engine API's JSON for the containers of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slimmer.engine import (
    Loan,
    addresses,
    argument_vector,
    as_user_would,
    exposed_ports,
    sidecar,
    traced,
)
from slimmer.values import RunOptions


@pytest.mark.parametrize(
    ("config", "run", "expected"),
    [
        ({"Entrypoint": ["/e"], "Cmd": ["c"]}, RunOptions(), ("/e", "c")),
        ({"Cmd": ["c"]}, RunOptions(), ("c",)),
        ({"Entrypoint": ["/e"], "Cmd": ["c"]}, RunOptions(command=("d",)), ("/e", "d")),
        ({"Entrypoint": ["/e"], "Cmd": ["c"]}, RunOptions(entrypoint=("/f",)), ("/f",)),
        (
            {"Entrypoint": ["/e"], "Cmd": ["c"]},
            RunOptions(entrypoint=("/f", "g"), command=("d",)),
            ("/f", "g", "d"),
        ),
        ({"Entrypoint": ["/e"], "Cmd": ["c"]}, RunOptions(entrypoint=(), command=("d",)), ("d",)),
        ({"Entrypoint": None, "Cmd": None}, RunOptions(), ()),
    ],
    ids=["both", "cmd", "new-cmd", "new-entrypoint-drops-cmd", "both-new", "cleared", "neither"],
)
def test_the_argument_vector_is_what_docker_run_executes(
    config: dict[str, Any], run: RunOptions, expected: tuple[str, ...]
) -> None:
    assert argument_vector(config, run) == expected


def test_only_what_is_asked_for_is_set() -> None:
    """An empty User or WorkingDir would replace the image's own."""
    made = as_user_would("sha256:1", RunOptions(), (), loopback=True)
    assert set(made) == {"Image", "Env", "HostConfig"}


def test_every_option_reaches_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = RunOptions(
        environment=(("A", "1"), ("B", "")),
        volumes=("./data:/data:ro", "named:/named", "/host:/host"),
        network="net",
        user="1:2",
        entrypoint=("/e",),
        command=("c",),
        workdir="/w",
        hostname="h",
        extra_hosts=("db:192.0.2.1",),
        tmpfs=("/run", "/tmp:size=1m"),
        ulimits=("nofile=1:2", "core=-1"),
        devices=("/dev/a", "/dev/a:/dev/b", "/dev/a:r", "/dev/a:/dev/b:rw"),
    )
    made = as_user_would("sha256:1", run, (8080,), loopback=True)
    host = made["HostConfig"]
    assert made["Env"] == ["A=1", "B="]
    assert host["Tmpfs"] == {"/run": "", "/tmp": "size=1m"}
    assert [(each["Soft"], each["Hard"]) for each in host["Ulimits"]] == [(1, 2), (-1, -1)]
    assert [tuple(each.values()) for each in host["Devices"]] == [
        ("/dev/a", "/dev/a", "rwm"),
        ("/dev/a", "/dev/b", "rwm"),
        ("/dev/a", "/dev/a", "r"),
        ("/dev/a", "/dev/b", "rw"),
    ]
    assert (made["User"], made["WorkingDir"], made["Hostname"]) == ("1:2", "/w", "h")
    assert (made["Entrypoint"], made["Cmd"]) == (["/e"], ["c"])
    assert host["Binds"] == [f"{tmp_path}/data:/data:ro", "named:/named", "/host:/host"]
    assert (host["NetworkMode"], host["ExtraHosts"]) == ("net", ["db:192.0.2.1"])


@pytest.mark.parametrize(("loopback", "address"), [(True, "127.0.0.1"), (False, "")])
def test_ports_are_published_on_loopback_where_the_engine_is_here(
    loopback: bool, address: str
) -> None:
    made = as_user_would("sha256:1", RunOptions(), (80, 80, 443), loopback=loopback)
    assert made["HostConfig"]["PortBindings"] == {
        "80/tcp": [{"HostIp": address, "HostPort": ""}],
        "443/tcp": [{"HostIp": address, "HostPort": ""}],
    }


@pytest.mark.parametrize("network", ["host", "none", "container:abc"])
def test_networks_that_cannot_publish(network: str) -> None:
    made = as_user_would("sha256:1", RunOptions(network=network), (80,), loopback=True)
    assert "PortBindings" not in made["HostConfig"]


def test_the_gate_goes_in_front_and_the_rest_stays() -> None:
    plain = as_user_would("sha256:1", RunOptions(user="1"), (80,), loopback=True)
    made = traced(plain, ("/e", "c"), Loan(gate=("--no-notify",)))
    assert made["Entrypoint"][1:] == ["gate", "--no-notify", "--"]
    assert made["Cmd"] == ["/e", "c"]
    assert made["Healthcheck"] == {"Test": ["NONE"]}
    own = ("Entrypoint", "Cmd", "Healthcheck", "HostConfig")
    kept = {key: value for key, value in plain.items() if key not in own}
    assert {key: value for key, value in made.items() if key not in own} == kept
    assert made["HostConfig"] == {**plain["HostConfig"], "Init": False}
    assert "Healthcheck" not in plain


def test_the_sidecar_has_three_capabilities_and_no_network() -> None:
    host = sidecar("sha256:1", ("watch",), ("/data",))["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert sorted(host["CapAdd"]) == ["DAC_READ_SEARCH", "SYS_ADMIN", "SYS_PTRACE"]
    assert (host["NetworkMode"], host["PidMode"]) == ("none", "host")
    assert "Privileged" not in host
    assert host["Tmpfs"] == {"/data": ""}


def test_exposed_ports() -> None:
    config: dict[str, Any] = {
        "ExposedPorts": {"8080/tcp": {}, "53/udp": {}, "80": {}, "443/tcp": {}}
    }
    assert exposed_ports(config) == (80, 443, 8080)
    assert exposed_ports({"ExposedPorts": None}) == ()
    assert exposed_ports({"ExposedPorts": {"53/tcp": {}, "8053/tcp": {}}}) == (8053, 53)


PUBLISHED = {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}], "9090/tcp": None}
INSIDE = {"bridge": {"IPAddress": "172.17.0.2"}, "other": {"IPAddress": ""}}


@pytest.mark.parametrize(
    ("mode", "port", "expected"),
    [
        ("default", 8080, [("127.0.0.1", 32768), ("172.17.0.2", 8080)]),
        ("default", 9090, [("172.17.0.2", 9090)]),
        ("default", 1, [("172.17.0.2", 1)]),
        ("host", 8080, [("127.0.0.1", 8080)]),
    ],
)
def test_addresses_best_first(mode: str, port: int, expected: list[tuple[str, int]]) -> None:
    description = {
        "HostConfig": {"NetworkMode": mode},
        "NetworkSettings": {"Ports": PUBLISHED, "Networks": INSIDE},
    }
    assert addresses(description, port, "127.0.0.1") == expected


def test_a_container_without_a_network_has_no_address() -> None:
    assert addresses({"HostConfig": {"NetworkMode": "none"}}, 80, "127.0.0.1") == []


@pytest.mark.parametrize(
    ("text", "size"), [("4096", 4096), ("64m", 64 << 20), ("2KB", 2048), ("1g", 1 << 30), ("9b", 9)]
)
def test_sizes_are_those_of_docker(text: str, size: int) -> None:
    made = as_user_would("sha256:1", RunOptions(shm_size=text), (), loopback=True)
    assert made["HostConfig"]["ShmSize"] == size
