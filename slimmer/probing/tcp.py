"""One TCP connection to the target: what is sent, and what must come."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Sequence
from typing import Final

from slimmer.probing.connection import describe_failure, is_for_good, secured
from slimmer.probing.judging import EXCERPT_LIMIT, MissingValueError, captured
from slimmer.probing.record import record
from slimmer.values import Exchange, HttpProbe, ProbeResult, TcpAnswer, TcpProbe

RECEIVE_LIMIT: Final = 4 * 1024 * 1024
"""Bytes that are read in one connection."""
_LOOK: Final = 0.05
"""Seconds for which a connection must stay open to count as accepted where nothing is expected:
the engine's proxy accepts before the application listens, and closes at once."""


class _UnexpectedError(Exception):
    """Something else came, or nothing."""


def converse(
    probe: TcpProbe,
    addresses: Sequence[tuple[str, int]],
    timeout: float,
    *,
    own_names: tuple[tuple[str, str], ...] = (),
) -> ProbeResult:
    """Connect to the first address that accepts; `timeout` in seconds for all of it."""
    started = time.monotonic()
    deadline = started + timeout
    received = bytearray()
    answered, answer = False, "no address is known for the port"
    for address in addresses:
        try:
            with _connected(probe, address, timeout) as connection:
                end = _exchange(connection, probe.exchanges, received, deadline)
            # What comes behind that is up to the moment.
            del received[end:]
            values = captured(probe.captures, _text(received))
        except (_UnexpectedError, MissingValueError) as error:
            answered, answer = bool(received), str(error)
        except OSError as error:
            answered = bool(received) or is_for_good(error)
            answer = describe_failure(error)
        else:
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
        answered=answered,
        seconds=time.monotonic() - started,
    )


def _connected(probe: TcpProbe, address: tuple[str, int], timeout: float) -> socket.socket:
    """A connection on which the talk can begin."""
    connection = socket.create_connection(address, timeout=timeout)
    if not probe.tls:
        return connection
    return secured(connection, HttpProbe.host, insecure=probe.insecure)


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
