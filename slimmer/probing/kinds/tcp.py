"""`tcp`: one connection to the target: what is sent, and what must come."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slimmer.probing.connection import secured
from slimmer.probing.exchanges import EXCLUSIVE, exchange_keys, taken_exchanges
from slimmer.probing.failures import describe_failure, is_for_good
from slimmer.probing.judging import EXCERPT_LIMIT, MissingValueError, captured
from slimmer.probing.keys import INSECURE, PORT, TLS, Given, Keys
from slimmer.probing.kinds.interface import Attempt, Kind, NetworkProbe
from slimmer.probing.record import record
from slimmer.values import Answer, HttpOrigin, Part, ProbeResult, Recorded, Text
from slimmer.words import count

RECEIVE_LIMIT: Final = 4 * 1024 * 1024
"""Bytes that are read in one connection."""
_LOOK: Final = 0.05
"""Seconds for which a connection must stay open to count as accepted where nothing is expected:
the engine's proxy accepts before the application listens, and closes at once."""
_SECOND_LOOK: Final = 0.5
"""Seconds within which another address of the same port must say whether somebody listens."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Something that is sent, and what must come then."""

    send: bytes = b""
    expect_pattern: str = ""
    """A regular expression that must be found in what comes behind the last exchange."""
    expect: bytes = b""
    """Bytes that must come, in place of a pattern."""


@dataclass(frozen=True, kw_only=True)
class TcpProbe(NetworkProbe):
    """One TCP connection and what is said over it."""

    kind = "tcp"
    exchanges: tuple[Exchange, ...] = ()
    """None: that somebody accepts is enough."""

    @property
    def request(self) -> str:
        sent = sum(len(exchange.send) for exchange in self.exchanges)
        return f"{count(sent, 'byte')} sent" if sent else "connect"


@dataclass(frozen=True, kw_only=True)
class TcpAnswer(Answer):
    """What came over a connection."""

    received: Recorded

    def parts(self) -> Iterator[Part]:
        yield Text(name="answer", recorded=self.received)


def _exchange_of(given: Given, _: Path) -> Exchange:
    return Exchange(
        send=given.get("send") or given.get("send_hex", b""),
        expect_pattern=given.get("expect", ""),
        expect=given.get("expect_hex", b""),
    )


class Tcp(Kind[TcpProbe]):
    """A TCP connection."""

    probe = TcpProbe
    keys = Keys(
        keys=(PORT, *exchange_keys(_exchange_of), TLS, INSECURE),
        exclusive=EXCLUSIVE,
    )
    sources = ("pattern",)

    def step(self, given: Given, folder: Path) -> TcpProbe:
        fields = dict(given)
        exchanges = taken_exchanges(fields, folder, _exchange_of)
        port = fields.get("port")
        return TcpProbe(name=f"tcp {port}" if port else "tcp", exchanges=exchanges, **fields)

    def send(self, probe: TcpProbe, attempt: Attempt) -> ProbeResult:
        """Only that the port's TLS is wrong is definite: a server that refuses, or says something
        else, may still be starting."""
        started = time.monotonic()
        received = bytearray()
        answer, definite = "no address is known for the port", False
        addresses = attempt.target.addresses(probe.port)
        for number, address in enumerate(addresses, start=1):
            try:
                with _connected(probe, address, attempt.seconds) as connection:
                    deadline = started + attempt.seconds
                    end = _exchange(connection, probe.exchanges, received, deadline)
                    if not probe.exchanges:
                        _make_sure(addresses[number:])
                # What comes behind that is up to the moment.
                del received[end:]
                values = captured(probe.captures, _text(received))
            except (_UnexpectedError, MissingValueError) as error:
                answer = str(error)
            except OSError as error:
                answer, definite = describe_failure(error), is_for_good(error)
            else:
                own_names = attempt.target.own_names()
                return ProbeResult(
                    probe=probe,
                    passed=True,
                    answer=f"{len(received)} bytes" if probe.exchanges else "connected",
                    excerpt=_text(received)[:EXCERPT_LIMIT],
                    seconds=time.monotonic() - started,
                    answered_with=TcpAnswer(received=record(bytes(received)), own_names=own_names),
                    captured=values,
                )
            if received:
                break
        return ProbeResult(
            probe=probe,
            passed=False,
            answer=answer,
            excerpt=_text(received)[:EXCERPT_LIMIT],
            answered=definite,
            seconds=time.monotonic() - started,
        )

    def hint(self, probe: TcpProbe, result: ProbeResult) -> str:
        if not result.excerpt:
            return ""
        return (
            "correct what the step expects; raise --start-timeout if the application answers so "
            "only while it starts"
        )


class _UnexpectedError(Exception):
    """Something else came, or nothing."""


def _connected(probe: TcpProbe, address: tuple[str, int], timeout: float) -> socket.socket:
    """A connection on which the talk can begin."""
    connection = socket.create_connection(address, timeout=timeout)
    if not probe.tls:
        return connection
    return secured(connection, HttpOrigin().host, insecure=probe.insecure)


def _make_sure(others: Sequence[tuple[str, int]]) -> None:
    """On a busy machine the engine's proxy closes later what nobody in the container accepts. The
    container's own address refuses at once, where it can be reached from here."""
    for address in others:
        try:
            socket.create_connection(address, timeout=_SECOND_LOOK).close()
        except ConnectionRefusedError:
            raise
        except OSError:
            continue


def _exchange(
    connection: socket.socket,
    exchanges: Sequence[Exchange],
    received: bytearray,
    deadline: float,
) -> int:
    """The end of what was expected in what was received."""
    if not exchanges:
        connection.settimeout(_LOOK)
        try:
            if connection.recv(1) == b"":
                raise _UnexpectedError("the connection was closed at once")
        except TimeoutError:
            pass
    position = 0
    for exchange in exchanges:
        _limit(connection, deadline)
        connection.sendall(exchange.send)
        while (end := _end_of_expected(exchange, received, position)) is None:
            _limit(connection, deadline)
            piece = connection.recv(65536)
            if not piece:
                raise _UnexpectedError(
                    f"the connection was closed before {_expected(exchange)} came"
                )
            received += piece
            if len(received) > RECEIVE_LIMIT:
                raise _UnexpectedError(f"{_expected(exchange)} is not in the first 4 MiB")
        position = end
    return position


def _end_of_expected(exchange: Exchange, received: bytearray, position: int) -> int | None:
    """Where the next exchange begins to look; None while what is expected has not come."""
    if exchange.expect:
        found = received.find(exchange.expect, position)
        return None if found < 0 else found + len(exchange.expect)
    if not exchange.expect_pattern:
        return position
    match = re.search(exchange.expect_pattern.encode(), bytes(received[position:]))
    return None if match is None else position + match.end()


def _expected(exchange: Exchange) -> str:
    return exchange.expect.hex(" ") if exchange.expect else f"/{exchange.expect_pattern}/"


def _limit(connection: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)


def _text(received: bytearray) -> str:
    return received.decode("utf-8", "replace")
