"""The plan for RabbitMQ: what a slim image that it made is good for, asked by a client library."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from tests.apps.container import Container, docker, running
from tests.engine.plans.conftest import Server, Slimmed

pytestmark = pytest.mark.engine

PORT = 5672
NOT_BUSY = "+sbwt none +sbwtdcpu none +sbwtdio none"
RABBITMQ = Server(
    name="rabbitmq",
    packages="rabbitmq-server",
    instructions=(
        "RUN rabbitmq-plugins enable --offline rabbitmq_management"
        " && install -d -o rabbitmq -g rabbitmq /data\n"
        "COPY rabbitmq.conf /etc/rabbitmq/rabbitmq.conf\n"
        "ENV RABBITMQ_MNESIA_BASE=/data RABBITMQ_LOGS=- RABBITMQ_NODENAME=rabbit@localhost\n"
        # Its schedulers wait by running in circles, beside which other tests get slow.
        f'ENV RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="{NOT_BUSY}"\n'
        "VOLUME /data\nUSER rabbitmq\nEXPOSE 5672 15672\n"
        'CMD ["rabbitmq-server"]\n'
    ),
    files={"rabbitmq.conf": "loopback_users = none\n"},
)


@pytest.fixture(scope="module")
def rabbitmq(slimmed: Callable[..., Slimmed]) -> Slimmed:
    return slimmed(RABBITMQ)


@contextmanager
def channel(
    container: Container, *, user: str = "guest", password: str = "guest", host: str = "/"
) -> Iterator[BlockingChannel]:
    address, _, port = container.address(PORT).rpartition(":")
    parameters = pika.ConnectionParameters(
        address, int(port), host, pika.PlainCredentials(user, password)
    )
    connection = pika.BlockingConnection(parameters)
    try:
        yield connection.channel()
    finally:
        connection.close()


def control(container: Container, *command: str) -> str:
    status, output = container.execute("rabbitmqctl", *command)
    assert status == 0, output
    return output


def wait_until_ready(container: Container) -> None:
    def greets() -> bool:
        try:
            with channel(container):
                return True
        except pika.exceptions.AMQPError:
            return False

    container.wait_until("greets", greets)


def test_the_plan_fits_the_server(rabbitmq: Slimmed) -> None:
    assert rabbitmq.report["factor"] > 1.5
    assert "optional steps" not in rabbitmq.notes


def test_messages_survive_a_restart(rabbitmq: Slimmed) -> None:
    with running(rabbitmq.reference, port=PORT) as container:
        wait_until_ready(container)
        with channel(container) as open_channel:
            open_channel.queue_declare("orders", durable=True)
            open_channel.confirm_delivery()
            kept = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)
            open_channel.basic_publish("", "orders", b"seven teas", kept)
        docker("restart", container.id)
        wait_until_ready(container)
        with channel(container) as open_channel:
            assert open_channel.basic_get("orders", auto_ack=True)[2] == b"seven teas"


def test_what_the_plan_did_not_do(rabbitmq: Slimmed) -> None:
    """A host and a user of its own, a headers exchange, letters that die, definitions read in."""
    definitions = {"exchanges": [{
        "name": "late", "vhost": "shop", "type": "fanout", "durable": True,
        "auto_delete": False, "internal": False, "arguments": {},
    }]}  # fmt: skip
    with running(rabbitmq.reference, port=PORT) as container:
        wait_until_ready(container)
        control(container, "add_vhost", "shop")
        control(container, "add_user", "ann", "secret")
        control(container, "set_permissions", "-p", "shop", "ann", ".*", ".*", ".*")
        status, output = container.execute(
            "rabbitmqctl", "import_definitions", stdin=json.dumps(definitions)
        )
        assert status == 0, output
        with channel(container, user="ann", password="secret", host="shop") as open_channel:
            open_channel.queue_declare("dead")
            open_channel.queue_bind("dead", "late")
            dying = {"x-message-ttl": 1, "x-dead-letter-exchange": "late"}
            open_channel.queue_declare("short", arguments=dying)
            open_channel.exchange_declare("by-header", "headers")
            wanted = {"x-match": "all", "kind": "tea"}
            open_channel.queue_bind("short", "by-header", arguments=wanted)
            tea = pika.BasicProperties(headers={"kind": "tea"})
            open_channel.basic_publish("by-header", "", b"too late", tea)
            for _, properties, body in open_channel.consume("dead", inactivity_timeout=20):
                assert body == b"too late"
                assert properties.headers["x-death"][0]["reason"] == "expired"
                break
        with (
            pytest.raises(pika.exceptions.ProbableAuthenticationError),
            channel(container, user="ann", password="wrong", host="shop"),
        ):
            pass
