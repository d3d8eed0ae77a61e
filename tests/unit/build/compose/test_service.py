"""What a compose file says of a service, as options of `docker run`: in the words of the older tool
and of the newer one."""

from __future__ import annotations

from typing import Any

import pytest

from slimmer.build.compose import Dependency, Service, service_of
from slimmer.errors import ComposeFileError, UsageError
from slimmer.values import NetworkEndpoint

PROJECT = "slimmer-1-0123abcd"
OLDER: dict[str, Any] = {
    "version": "3.9",
    "services": {
        "web": {
            "image": "app:1",
            "command": 'serve --title "a b$$c"',
            "entrypoint": ["/entry"],
            "environment": {"A": "x$$y", "FROM_HERE": None, "N": 1, "B": True},
            "extra_hosts": ["db2:192.0.2.1"],
            "networks": {"back": {"aliases": ["app"]}, "default": None},
            "ports": [{"published": 8080, "target": 8000}, {"target": 9000}],
            "volumes": [
                "/abs/data:/data:ro",
                "named:/named:rw",
                "real:/real:rw",
                "/anonymous",
                {"type": "tmpfs", "target": "/memory"},
            ],
            "depends_on": {"db": {"condition": "service_healthy"}},
            "links": ["cache:store"],
            "user": 1000,
            "working_dir": "/srv",
            "hostname": "web1",
            "stop_grace_period": "1m30s",
            "restart": "always",
        },
        "db": {"image": "db:1"},
        "cache": {"image": "cache:1"},
    },
    "networks": {"back": {"external": True, "name": "their-net"}},
    "volumes": {"named": {"name": "dropped"}, "real": {"external": {"name": "their-volume"}}},
}
NEWER: dict[str, Any] = {
    "name": "slimmer",
    "services": {
        "web": {
            "image": "app:1",
            "command": ["serve", "--title", "a b$$c"],
            "entrypoint": ["/entry"],
            "environment": {"A": "x$$y", "FROM_HERE": None, "N": "1", "B": "true"},
            "extra_hosts": ["db2=192.0.2.1"],
            "networks": {"back": {"aliases": ["app"]}, "default": None},
            "ports": [
                {"mode": "ingress", "target": 8000, "published": "8080", "protocol": "tcp"},
                {"mode": "ingress", "target": 9000, "protocol": "tcp"},
            ],
            "volumes": [
                {"type": "bind", "source": "/abs/data", "target": "/data", "read_only": True,
                 "bind": {"create_host_path": True}},
                {"type": "volume", "source": "named", "target": "/named", "volume": {}},
                {"type": "volume", "source": "real", "target": "/real", "volume": {}},
                {"type": "volume", "target": "/anonymous", "volume": {}},
                {"type": "tmpfs", "target": "/memory", "tmpfs": {}},
            ],
            "depends_on": {
                "db": {"condition": "service_healthy", "required": True},
                "cache": {"condition": "service_started", "restart": True, "required": True},
            },
            "user": "1000",
            "working_dir": "/srv",
            "hostname": "web1",
            "stop_grace_period": "1m30s",
            "restart": "always",
        },
        "db": {"image": "db:1"},
        "cache": {"image": "cache:1"},
    },
    "networks": {"back": {"name": "their-net", "external": True},
                 "default": {"name": "slimmer_default", "ipam": {}}},
    "volumes": {"named": {"name": "slimmer_named"},
                "real": {"name": "their-volume", "external": True}},
}  # fmt: skip


def service(**body: Any) -> Service:
    document = {"services": {"web": {"image": "app:1", **body}, "db": {"image": "db:1"}}}
    return service_of(document, "web", PROJECT)


@pytest.mark.parametrize("document", [OLDER, NEWER], ids=["older", "newer"])
def test_both_tools_are_understood(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FROM_HERE", "here")
    web = service_of(document, "web", PROJECT)
    run = web.run
    assert run.entrypoint == ("/entry",)
    assert run.command == ("serve", "--title", "a b$c")
    assert dict(run.environment) == {"A": "x$y", "FROM_HERE": "here", "N": "1", "B": "true"}
    assert run.extra_hosts == ("db2:192.0.2.1",)
    assert run.volumes == (
        "/abs/data:/data:ro",
        f"{PROJECT}_named:/named",
        "their-volume:/real",
    )
    assert web.volumes == (f"{PROJECT}_named", "their-volume")
    assert run.endpoints == (
        NetworkEndpoint(network="their-net", aliases=("web", "app")),
        NetworkEndpoint(network=f"{PROJECT}_default", aliases=("web",)),
    )
    assert run.network == "their-net"
    assert (run.port, run.user, run.workdir, run.hostname) == (8000, "1000", "/srv", "web1")
    assert run.stop_timeout == 90
    assert web.dependencies == (
        Dependency(service="db", condition="service_healthy"),
        Dependency(service="cache", condition="service_started"),
    )
    assert web.not_taken == (("links",) if document is OLDER else ())


def test_what_is_not_said_is_the_images() -> None:
    run = service().run
    assert (run.entrypoint, run.command, run.port, run.user) == (None, None, None, "")
    assert run.endpoints == (NetworkEndpoint(network=f"{PROJECT}_default", aliases=("web",)),)


def test_a_variable_that_nobody_sets_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOWHERE", raising=False)
    assert service(environment=["NOWHERE", "A=", "B=c=d"]).run.environment == (
        ("A", ""),
        ("B", "c=d"),
    )


def test_the_first_network_is_the_one_of_the_highest_priority() -> None:
    networks = {"a": None, "b": {"priority": 10}}
    assert service(networks=networks).networks == (f"{PROJECT}_b", f"{PROJECT}_a")


def test_the_port_may_be_exposed_only_and_is_of_tcp() -> None:
    assert service(ports=["5353:53/udp"], expose=["7000"]).run.port == 7000
    assert service(ports=["127.0.0.1:8080:80"]).run.port == 80


def test_the_hosts_network() -> None:
    run = service(network_mode="host").run
    assert (run.network, run.endpoints) == ("host", ())


def test_the_network_of_another_service_is_refused() -> None:
    with pytest.raises(UsageError, match="in the network of another service"):
        service(network_mode="service:db")


def test_what_is_not_taken_over_is_told() -> None:
    asked = service(cap_add=["NET_ADMIN"], tmpfs=["/run"], restart="always", privileged=False)
    assert asked.not_taken == ("cap_add", "tmpfs")


def test_a_command_that_is_no_command_line() -> None:
    with pytest.raises(ComposeFileError, match=r"services\.web\.command is not a command line"):
        service(command="sh -c 'open")


def test_an_unknown_service_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        service_of(OLDER, "wed", PROJECT)
    assert caught.value.hint == "did you mean web?"
