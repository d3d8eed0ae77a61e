"""The plan for Mosquitto: what a slim image that it made is good for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.apps.container import Container, docker, running
from tests.engine.plans.conftest import Server, Slimmed

pytestmark = pytest.mark.engine

CONFIGURATION = """\
listener 1883
allow_anonymous true
persistence true
persistence_location /data/
autosave_interval 1800
"""
MOSQUITTO = Server(
    name="mosquitto",
    packages="mosquitto mosquitto-clients",
    instructions=(
        "COPY mosquitto.conf /etc/mosquitto/broker.conf\n"
        "RUN install -d -o mosquitto -g mosquitto /data\n"
        "VOLUME /data\nUSER mosquitto\nEXPOSE 1883\n"
        'CMD ["mosquitto", "-c", "/etc/mosquitto/broker.conf"]\n'
    ),
    files={"mosquitto.conf": CONFIGURATION},
)


def publish(container: Container, *arguments: str) -> None:
    status, output = container.execute("mosquitto_pub", *arguments)
    assert status == 0, output


def received(container: Container, topic: str, *arguments: str) -> str:
    _, output = container.execute("mosquitto_sub", "-t", topic, "-C", "1", "-W", "20", *arguments)
    return output.strip()


@pytest.fixture(scope="module")
def mosquitto(slimmed: Callable[..., Slimmed]) -> Slimmed:
    return slimmed(MOSQUITTO)


def test_the_plan_fits_the_server(mosquitto: Slimmed) -> None:
    assert mosquitto.report["factor"] > 3
    assert "optional steps" not in mosquitto.notes


def test_messages_survive_a_restart(mosquitto: Slimmed) -> None:
    with running(mosquitto.reference, port=1883) as container:
        publish(container, "-t", "shop/tea", "-m", "seven", "-r", "-q", "1")
        docker("restart", container.id)
        container.wait_until("listens", lambda: container.accepts(1883))
        assert received(container, "shop/#") == "seven"


def test_passwords_that_the_plan_did_not_set(mosquitto: Slimmed, tmp_path: Path) -> None:
    closed = tmp_path / "closed.conf"
    closed.write_text("listener 1883\nallow_anonymous false\npassword_file /tmp/passwords\n")
    closed.chmod(0o644)
    passwords = tmp_path / "passwords"
    with running(mosquitto.reference, port=1883) as container:
        status, output = container.execute(
            "mosquitto_passwd", "-b", "-c", "/tmp/passwords", "ann", "secret"
        )
        assert status == 0, output
        docker("cp", f"{container.id}:/tmp/passwords", str(passwords))
    passwords.chmod(0o644)
    mounts = (
        *("--volume", f"{closed}:/etc/mosquitto/broker.conf:ro"),
        *("--volume", f"{passwords}:/tmp/passwords:ro"),
    )
    with running(mosquitto.reference, port=1883, options=mounts) as container:
        refused = container.execute("mosquitto_pub", "-t", "a", "-m", "b")
        assert refused[0] != 0
        assert "not authorised" in refused[1]
        publish(container, "-u", "ann", "-P", "secret", "-t", "a", "-m", "b", "-r")
        assert received(container, "a", "-u", "ann", "-P", "secret") == "b"
