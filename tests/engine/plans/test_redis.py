"""The plan for Redis: what a slim image that it made is good for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.apps.container import Container, docker, running
from tests.engine.plans.conftest import Server, Slimmed

pytestmark = pytest.mark.engine

REDIS = Server(
    name="redis",
    packages="redis-server",
    instructions=(
        "RUN mkdir /data && chown redis:redis /data /etc/redis\n"
        "VOLUME /data\nWORKDIR /data\nUSER redis\nEXPOSE 6379\n"
        'CMD ["redis-server", "--bind", "0.0.0.0", "--protected-mode", "no"]\n'
    ),
)


def said(container: Container, *command: str, stdin: str = "") -> str:
    status, output = container.execute("redis-cli", *command, stdin=stdin)
    assert status == 0, output
    return output.strip()


@pytest.fixture(scope="module")
def redis(slimmed: Callable[..., Slimmed]) -> Slimmed:
    return slimmed(REDIS)


def test_the_plan_fits_the_server(redis: Slimmed) -> None:
    """All that may be left out elsewhere works here, but writing a configuration that is none."""
    assert redis.report["factor"] > 3
    assert "settings are written to the configuration" in redis.notes
    assert redis.notes.count("users and settings:") == redis.notes.count("optional steps") == 1


def test_data_survives_a_restart(redis: Slimmed) -> None:
    """A snapshot at SIGTERM, and the append-only file where that is asked for."""
    for command in ((), ("redis-server", "--appendonly", "yes", "--save", "")):
        with running(redis.reference, port=6379, command=command) as container:
            assert said(container, "set", "kept", "7") == "OK"
            docker("stop", container.id)
            docker("start", container.id)
            container.wait_until("listens", partial(container.accepts, 6379))
            assert said(container, "get", "kept") == "7"


def test_what_the_plan_did_not_do(redis: Slimmed) -> None:
    """Other commands, a replica, a password."""
    with running(redis.reference, port=6379) as container:
        assert said(container, "eval", "return redis.sha1hex('a')", "0").startswith("86f7e437")
        said(container, "geoadd", "places", "13.4", "52.5", "Berlin")
        found = said(
            container, "geosearch", "places", *("fromlonlat", "13", "52", "byradius", "99", "km")
        )
        assert found == "Berlin"
        assert said(container, "set", "followed", "1") == "OK"
        said_by_replica = container.execute(
            *("redis-server", "--port", "6400", "--daemonize", "yes", "--dir", "/tmp"),
            *("--replicaof", "127.0.0.1 6379"),
        )
        assert said_by_replica[0] == 0
        container.wait_until(
            "follows", lambda: said(container, "-p", "6400", "get", "followed") == "1"
        )
    closed = ("redis-server", "--requirepass", "tea")
    with running(redis.reference, command=closed) as container:
        container.wait_until("answers", lambda: "NOAUTH" in said(container, "ping"))
        assert said(container, "-a", "tea", "--no-auth-warning", "ping") == "PONG"


def test_a_server_with_a_password(slimmed: Callable[..., Slimmed]) -> None:
    made = slimmed(
        REDIS,
        *("--cmd", "redis-server --bind 0.0.0.0 --requirepass milk"),
        *("--plan-value", "password=milk"),
    )
    assert made.report["tests"][0]["passed"]
