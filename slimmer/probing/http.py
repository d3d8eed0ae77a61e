"""One HTTP request to the target, and whether its answer is the expected one.

Redirects are answers (3xx passes by default) and are not followed, so a probe never reaches any
address but the target's.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from slimmer.model import HttpAnswer, HttpProbe, ProbeResult
from slimmer.probing.form import content_of
from slimmer.probing.judging import (
    EXCERPT_LIMIT,
    MissingValueError,
    captured,
    header_complaint,
    json_complaint,
)
from slimmer.probing.record import record

if TYPE_CHECKING:
    from slimmer.probing.cookies import Cookies

BODY_LIMIT = 4 * 1024 * 1024
"""Bytes of an answer's body that are read; the rest is left to the connection's end."""
NOT_READY_STATUSES = frozenset({502, 503, 504})


def request(
    probe: HttpProbe,
    addresses: Sequence[tuple[str, int]],
    timeout: float,
    *,
    own_names: tuple[tuple[str, str], ...] = (),
    cookies: Cookies | None = None,
) -> ProbeResult:
    """Send the request to the first address that accepts it; `timeout` in seconds, `own_names`
    as in HttpAnswer. `cookies` are sent and remembered."""
    started = time.monotonic()
    failure = "no address is known for the port"
    for host, port in addresses:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
        # A socket's own timeout is for each piece: a head that trickles would never reach it.
        watchdog = threading.Timer(timeout, _cut, (connection,))
        watchdog.daemon = True
        watchdog.start()
        try:
            return _exchange(probe, connection, started, timeout, own_names, cookies)
        except (OSError, http.client.HTTPException) as error:
            late = time.monotonic() - started >= timeout
            failure = _describe(TimeoutError() if late else error)
        finally:
            watchdog.cancel()
            connection.close()
    return ProbeResult(
        probe=probe,
        passed=False,
        answer=failure,
        answered=False,
        seconds=time.monotonic() - started,
    )


def _cut(connection: http.client.HTTPConnection) -> None:
    """End what is being read or written."""
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _exchange(
    probe: HttpProbe,
    connection: http.client.HTTPConnection,
    started: float,
    timeout: float,
    own_names: tuple[tuple[str, str], ...],
    cookies: Cookies | None,
) -> ProbeResult:
    content, content_type = content_of(probe)
    headers = dict(probe.headers)
    _add(headers, "User-Agent", "slimmer-probe")
    _add(headers, "Content-Type", content_type)
    if cookies is not None:
        _add(headers, "Cookie", cookies.header_for(probe.path, headers))
    connection.request(probe.method, probe.path, body=content or None, headers=headers)
    response = connection.getresponse()
    if cookies is not None:
        cookies.remember(probe.path, headers, response)
    body = _read(response, started + timeout)
    if time.monotonic() - started >= timeout:
        raise TimeoutError("the answer was cut")
    text = body.decode("utf-8", "replace")
    accepted = response.status in probe.statuses if probe.statuses else 200 <= response.status < 400
    answer = f"{response.status} {response.reason}".strip() + f", {len(body)} bytes"
    values: tuple[tuple[str, str], ...] = ()
    if accepted:
        complaint = _complaint(probe, response, text)
        try:
            values = () if complaint else captured(probe.captures, text, response.getheaders())
        except MissingValueError as error:
            complaint = str(error)
        if complaint:
            accepted = False
            answer += f", {complaint}"
    return ProbeResult(
        probe=probe,
        passed=accepted,
        answer=answer,
        excerpt=text[:EXCERPT_LIMIT],
        answered=accepted or response.status not in NOT_READY_STATUSES,
        seconds=time.monotonic() - started,
        answered_with=HttpAnswer(
            status=response.status,
            headers=tuple(response.getheaders()),
            body=record(body, complete=len(body) < BODY_LIMIT),
            own_names=own_names,
        ),
        captured=values,
    )


def _add(headers: dict[str, str], name: str, value: str) -> None:
    """A header that the step does not set itself."""
    if value and not any(each.lower() == name.lower() for each in headers):
        headers[name] = value


def _complaint(probe: HttpProbe, response: http.client.HTTPResponse, text: str) -> str:
    """What is wrong with an answer of the right status; empty where nothing is."""
    if probe.body_pattern and not re.search(probe.body_pattern, text):
        return f"body does not match /{probe.body_pattern}/"
    return header_complaint(probe.answer_headers, response.getheaders()) or json_complaint(
        probe.json, text
    )


def _read(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """The body up to BODY_LIMIT. Raises TimeoutError for an answer that trickles past deadline."""
    body = bytearray()
    while len(body) < BODY_LIMIT:
        piece = response.read1(min(64 * 1024, BODY_LIMIT - len(body)))
        if not piece:
            break
        body += piece
        if time.monotonic() > deadline:
            raise TimeoutError("the answer did not end in time")
    return bytes(body)


def _describe(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.RemoteDisconnected | ConnectionResetError | BrokenPipeError):
        return "the connection was closed without an answer"
    if isinstance(error, http.client.HTTPException):
        return f"not an HTTP answer ({type(error).__name__})"
    return str(error) or type(error).__name__
