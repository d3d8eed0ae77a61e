"""`websocket`: a WebSocket that the target opens, what is sent over it, and which messages must
come."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer.probing.connection import authority, looked_closer, secured
from slimmer.probing.exchanges import EXCLUSIVE, exchange_keys, taken_exchanges
from slimmer.probing.extras import require
from slimmer.probing.failures import CLOSED, TOO_LATE, describe_failure, is_for_good
from slimmer.probing.judging import EXCERPT_LIMIT, MissingValueError, captured
from slimmer.probing.keys import Given, Key, KeyProblemError, Keys, Shape
from slimmer.probing.kinds.http import NOT_READY_STATUSES
from slimmer.probing.kinds.interface import (
    Attempt,
    Kind,
    UrlProbe,
    place_fields,
    place_keys,
    with_place,
)
from slimmer.probing.origin import Schemes
from slimmer.probing.record import record
from slimmer.probing.secrets import shown_target
from slimmer.values import Answer, Fact, HttpOrigin, Part, ProbeResult, Recorded, Text
from slimmer.words import count

MESSAGE_LIMIT: Final = 4 * 1024 * 1024
"""Bytes of one message."""
_CLOSE_TIMEOUT: Final = 1.0
"""Seconds for the server's part in closing, which nobody waits for."""
_NO_WEBSOCKET: Final = "instead of a WebSocket"
_SCHEMES: Final[Schemes] = ("ws", "wss")
_PLACE: Final = place_keys(_SCHEMES)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A message that is sent, and one that must come then."""

    text: str = ""
    data: bytes = b""
    """A binary message, in place of a text."""
    expect_pattern: str = ""
    """A regular expression that must be found in a message; those that come before are passed
    over."""
    expect: bytes = b""
    """Bytes that a message must have, in place of a pattern."""


@dataclass(frozen=True, kw_only=True)
class WebSocketProbe(UrlProbe):
    """One WebSocket and what is said over it."""

    kind = "websocket"
    leads = True
    headers: tuple[tuple[str, str], ...] = ()
    """Of the request that opens it."""
    subprotocols: tuple[str, ...] = ()
    """The server must choose one of these."""
    exchanges: tuple[Turn, ...] = ()
    """None: that it opens is enough."""

    @property
    def request(self) -> str:
        sent = [turn for turn in self.exchanges if turn.text or turn.data]
        said = f" {count(len(sent), 'message')}" if sent else ""
        return shown_target(self.path) + said

    @property
    def url_scheme(self) -> str:
        return "https" if self.tls else "http"

    @property
    def may_be_repeated(self) -> bool:
        return not self.plan and not self.exchanges


@dataclass(frozen=True, kw_only=True)
class WebSocketAnswer(Answer):
    """What came over a WebSocket."""

    subprotocol: str
    messages: Recorded
    """In lines, binary ones in hex."""

    def parts(self) -> Iterator[Part]:
        yield Fact(name="subprotocol", text=self.subprotocol)
        yield Text(name="messages", recorded=self.messages)


def websocket_probe(text: str) -> WebSocketProbe:
    """Read `/PATH` or `ws[s]://NAME[:PORT]/PATH`, and behind it a message to which another one
    must come. Raises UsageError, and MissingExtraError where websockets is not installed."""
    _client()
    place, _, message = text.strip().partition(" ")
    turn = Turn(text=message.strip(), expect_pattern=".*")
    return WebSocketProbe(
        name=f"websocket {shown_target(place)}",
        exchanges=(turn,) if turn.text else (),
        **place_fields(place, _SCHEMES),
    )


def _turn(given: Given, _: Path) -> Turn:
    return Turn(
        text=given.get("send", b"").decode(),
        data=given.get("send_hex", b""),
        expect_pattern=given.get("expect", ""),
        expect=given.get("expect_hex", b""),
    )


class WebSocket(Kind[WebSocketProbe]):
    """A WebSocket."""

    probe = WebSocketProbe
    keys = Keys(
        keys=(
            *_PLACE.keys,
            Key("headers", Shape.HEADERS),
            Key("subprotocols", Shape.ANYTHING, limits={"type": "array"}),
            *exchange_keys(_turn),
        ),
        exclusive=(*_PLACE.exclusive, *EXCLUSIVE),
    )
    shorthand = "/PATH [MESSAGE]"
    sources = ("json", "pattern")

    def step(self, given: Given, folder: Path) -> WebSocketProbe:
        _client()
        place, fields = with_place(given, _SCHEMES)
        exchanges = taken_exchanges(fields, folder, _turn)
        subprotocols = fields.pop("subprotocols", [])
        if not isinstance(subprotocols, list) or not all(
            isinstance(name, str) for name in subprotocols
        ):
            raise KeyProblemError("subprotocols", "expected a list of texts")
        return WebSocketProbe(
            name=f"websocket {shown_target(place)}",
            exchanges=exchanges,
            subprotocols=tuple(subprotocols),
            **fields,
        )

    def short(self, text: str, folder: Path) -> WebSocketProbe:
        return websocket_probe(text)

    def hint(self, probe: WebSocketProbe, result: ProbeResult) -> str:
        status, _, said = result.answer.partition(" ")
        if not said.endswith(_NO_WEBSOCKET):
            return ""
        if status in ("401", "403"):
            return (
                "it may want to know its caller: `headers:` of a step say that, for example "
                "Authorization, Cookie or Origin (docs/plans.md)"
            )
        return "correct the path, or the port (--port): there is a web server, and no WebSocket"

    def send(self, probe: WebSocketProbe, attempt: Attempt) -> ProbeResult:
        """Definite is that no WebSocket opens there; what comes over it may come to be right."""
        started = time.monotonic()
        deadline = started + attempt.seconds
        origin = probe.origin_at(attempt.target.port())
        messages: list[str | bytes] = []
        answer, definite = "no address is known for the port", False
        for address in attempt.target.addresses(probe.port):
            try:
                with _opened(probe, address, origin, deadline) as connection:
                    _exchange(connection, probe.exchanges, messages, deadline)
                    subprotocol = connection.subprotocol or ""
                last = _text(messages[-1]) if messages else ""
                values = captured(probe.captures, last)
            except (_UnexpectedError, MissingValueError) as error:
                answer = str(error)
            except _RefusedError as error:
                answer, definite = str(error), error.definite
            except OSError as error:
                answer, definite = describe_failure(error), is_for_good(error)
            else:
                said = "\n".join(map(_text, messages))
                recorded = record(said.encode("utf-8", "surrogateescape"))
                count = f"{len(messages)} message{'' if len(messages) == 1 else 's'}"
                return ProbeResult(
                    probe=probe,
                    passed=True,
                    answer=f"{count}, {recorded.size} bytes" if messages else "connected",
                    excerpt=said[:EXCERPT_LIMIT],
                    seconds=time.monotonic() - started,
                    answered_with=WebSocketAnswer(
                        subprotocol=subprotocol,
                        messages=recorded,
                        own_names=attempt.target.own_names(),
                    ),
                    captured=values,
                )
            if messages:
                break
            if attempt.explained and answer in (CLOSED, TOO_LATE):
                why, definite = looked_closer(address, tls=probe.tls, secure="wss")
                answer = why or answer
        return ProbeResult(
            probe=probe,
            passed=False,
            answer=answer,
            excerpt="\n".join(map(_text, messages))[:EXCERPT_LIMIT],
            answered=definite,
            seconds=time.monotonic() - started,
        )


class _UnexpectedError(Exception):
    """Other messages came, or none."""


class _RefusedError(Exception):
    """No WebSocket opens."""

    def __init__(self, why: str, *, definite: bool) -> None:
        super().__init__(why)
        self.definite = definite


@contextlib.contextmanager
def _opened(
    probe: WebSocketProbe, address: tuple[str, int], origin: HttpOrigin, deadline: float
) -> Iterator[Any]:
    """An open WebSocket. Raises OSError and _RefusedError."""
    left = max(0.01, deadline - time.monotonic())
    connection = socket.create_connection(address, timeout=left)
    if origin.tls:
        connection = secured(connection, origin.host, insecure=origin.insecure)
    try:
        opened = _client().connect(
            # TLS is around it already, as all kinds have it.
            f"ws://{authority(origin)}{probe.path}",
            sock=connection,
            additional_headers=probe.headers,
            subprotocols=probe.subprotocols or None,
            open_timeout=left,
            close_timeout=_CLOSE_TIMEOUT,
            max_size=MESSAGE_LIMIT,
        )
    except _errors().InvalidStatus as error:
        status = error.response.status_code
        said = f"{status} {http.client.responses.get(status, '')}".strip()
        definite = status not in NOT_READY_STATUSES
        raise _RefusedError(f"{said} {_NO_WEBSOCKET}", definite=definite) from error
    except (_errors().InvalidMessage, _errors().ConnectionClosed, AssertionError) as error:
        # As the engine's proxy does until the application listens; the library itself asserts that
        # it does not happen between two of its own steps.
        raise _RefusedError(CLOSED, definite=False) from error
    except _errors().InvalidHandshake as error:
        raise _RefusedError(f"not a WebSocket: {error}", definite=True) from error
    with opened:
        if probe.subprotocols and not opened.subprotocol:
            known = ", ".join(probe.subprotocols)
            raise _RefusedError(f"the server speaks no subprotocol of {known}", definite=True)
        yield opened


def _exchange(
    connection: Any, turns: Sequence[Turn], messages: list[str | bytes], deadline: float
) -> None:
    """Add all messages up to the last one that is expected."""
    for turn in turns:
        expected = turn.expect.hex(" ") if turn.expect else f"/{turn.expect_pattern}/"
        try:
            if turn.text or turn.data:
                connection.send(turn.text or turn.data)
            while turn.expect or turn.expect_pattern:
                message = connection.recv(timeout=max(0.0, deadline - time.monotonic()))
                messages.append(message)
                if _is_expected(turn, message):
                    break
        except TimeoutError:
            raise _UnexpectedError(f"no message with {expected} came in time") from None
        except _errors().ConnectionClosed as error:
            why = f" ({error.rcvd.code} {error.rcvd.reason})" if error.rcvd else ""
            said = f"the connection was closed before {expected} came{why}"
            raise _UnexpectedError(said) from error


def _is_expected(turn: Turn, message: str | bytes) -> bool:
    if turn.expect:
        data = message.encode() if isinstance(message, str) else message
        return turn.expect in data
    text = message if isinstance(message, str) else message.decode("utf-8", "replace")
    return re.search(turn.expect_pattern, text) is not None


def _text(message: str | bytes) -> str:
    return message if isinstance(message, str) else message.hex()


def _client() -> Any:
    return require("websockets.sync.client", extra="websocket", what="a WebSocket probe")


def _errors() -> Any:
    return require("websockets.exceptions", extra="websocket", what="a WebSocket probe")
