"""What a port speaks that does not answer an HTTP request: asked by the first words of some
well-known protocols, or else guessed by its number."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Final

_GREETING: Final = 0.2
"""Seconds in which a server that speaks first has done so."""
_ANSWER: Final = 0.5
_LONGEST: Final = 512
_POSTGRES_SSL_REQUEST: Final = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
_MQTT_CONNECT: Final = b"\x10\x12\x00\x04MQTT\x04\x02\x00\x3c\x00\x06slimmr"


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """What other servers than those of the web speak."""

    name: str
    ports: tuple[int, ...]
    """Its usual ones."""
    said: bytes
    """A regular expression: how an answer begins that nobody else gives."""
    asked: bytes = b""
    """What the answer is given to; empty: to nothing, the server speaks first."""
    plan: str = ""
    """The ready plan for it; empty where there is none."""

    @property
    def advice(self) -> str:
        """What to do about it, as a hint."""
        if self.plan:
            return (
                f"it is not a web server: --plan {self.plan} exercises it (`slim plans` lists what "
                "it does), and so does --exec-probe COMMAND"
            )
        return (
            "it is not a web server: exercise it with --exec-probe COMMAND, or with `tcp:` steps "
            "of a plan (docs/plans.md)"
        )


PROTOCOLS: Final = (
    Protocol(name="SSH", ports=(22,), said=rb"SSH-\d"),
    Protocol(name="SMTP", ports=(25, 465, 587), said=rb"220[ -].*(?i:smtp|mail)"),
    Protocol(name="FTP", ports=(21,), said=rb"220[ -].*(?i:ftp)"),
    Protocol(name="IMAP", ports=(143, 993), said=rb"\* OK"),
    Protocol(name="POP3", ports=(110, 995), said=rb"\+OK"),
    Protocol(
        name="MySQL",
        ports=(3306,),
        said=rb"(?s).{3}\x00(\x0a[\d.]+|\xff.*(MySQL|MariaDB))",
        plan="mariadb",
    ),
    Protocol(
        name="Redis",
        ports=(6379,),
        asked=b"PING\r\n",
        said=rb"\+PONG|-(NOAUTH|DENIED|LOADING|NOPERM)",
        plan="redis",
    ),
    Protocol(
        name="PostgreSQL",
        ports=(5432,),
        asked=_POSTGRES_SSL_REQUEST,
        said=rb"[SN]\Z",
        plan="postgresql",
    ),
    Protocol(
        name="memcached", ports=(11211,), asked=b"version\r\n", said=b"VERSION ", plan="memcached"
    ),
    Protocol(
        name="AMQP", ports=(5672,), asked=b"AMQP\x00\x00\x00\x00", said=b"AMQP", plan="rabbitmq"
    ),
    Protocol(name="MQTT", ports=(1883,), asked=_MQTT_CONNECT, said=rb"\x20\x02", plan="mosquitto"),
)
"""Servers that speak first, then those that are asked."""


def protocol_at(address: tuple[str, int]) -> Protocol | None:
    """What the server at the address says that it speaks; None where it is not among PROTOCOLS, or
    does not tell within some 2 s."""
    heard: dict[bytes, bytes] = {}
    for protocol in PROTOCOLS:
        if protocol.asked not in heard:
            heard[protocol.asked] = _answer(address, protocol.asked)
        if re.match(protocol.said, heard[protocol.asked]):
            return protocol
    return None


def protocol_of_port(port: int | None) -> Protocol | None:
    """The one whose usual port it is."""
    return next((each for each in PROTOCOLS if port in each.ports), None)


def _answer(address: tuple[str, int], asked: bytes) -> bytes:
    limit = _ANSWER if asked else _GREETING
    try:
        with socket.create_connection(address, timeout=_ANSWER) as connection:
            connection.settimeout(limit)
            if asked:
                connection.sendall(asked)
            return connection.recv(_LONGEST)
    except OSError:
        return b""
