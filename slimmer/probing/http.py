"""One HTTP request to the target, and whether its answer is the expected one.

Redirects are answers (3xx passes by default) and are not followed, so a probe never reaches any
address but the target's.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import re
import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from slimmer.probing.connection import Connection, describe_failure, is_for_good, speaks_tls
from slimmer.probing.form import content_of
from slimmer.probing.judging import (
    EXCERPT_LIMIT,
    MissingValueError,
    captured,
    header_complaint,
    json_complaint,
)
from slimmer.values import HttpAnswer, HttpOrigin, HttpProbe, HttpRequest, ProbeResult

if TYPE_CHECKING:
    from slimmer.probing.cookies import Cookies

NOT_READY_STATUSES = frozenset({502, 503, 504})
_ASK_FOR_HTTPS = "the port speaks TLS: ask for https://"


def request(
    probe: HttpProbe,
    addresses: Sequence[tuple[str, int]],
    timeout: float,
    *,
    origin: HttpOrigin | None = None,
    own_names: tuple[tuple[str, str], ...] = (),
    cookies: Cookies | None = None,
) -> ProbeResult:
    """Send the request to the first address that answers it; `timeout` in seconds for all of it,
    `own_names` as in HttpAnswer. `origin` is what the application is called there, `cookies` are
    sent and remembered."""
    origin = origin or HttpOrigin()
    started = time.monotonic()
    deadline = started + timeout
    failure, definite = "no address is known for the port", False
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        connection = Connection([address], origin, own_names=own_names)
        with contextlib.closing(connection):
            try:
                answer, body = connection.send(_as_sent(probe, origin, cookies), seconds=left)
            except (OSError, http.client.HTTPException) as error:
                failure, definite = _told(error, origin, address)
                continue
        if cookies is not None:
            cookies.remember(origin, probe.path, dict(probe.headers), answer)
        result = _judged(probe, answer, body, time.monotonic() - started)
        # Many servers tell in this way that they speak TLS only.
        if result.passed or answer.status != HTTPStatus.BAD_REQUEST or not _is_tls(origin, address):
            return result
        return dataclasses.replace(result, answer=f"{result.answer}; {_ASK_FOR_HTTPS}")
    seconds = time.monotonic() - started
    return ProbeResult(
        probe=probe, passed=False, answer=failure, answered=definite, seconds=seconds
    )


def _told(error: Exception, origin: HttpOrigin, address: tuple[str, int]) -> tuple[str, bool]:
    """(why there is no answer, whether another try would fail in the same way)."""
    is_there = not isinstance(error, ConnectionRefusedError | TimeoutError)
    if is_there and _is_tls(origin, address):
        return _ASK_FOR_HTTPS, True
    return describe_failure(error), is_for_good(error)


def _is_tls(origin: HttpOrigin, address: tuple[str, int]) -> bool:
    """Whether a server that was asked without TLS speaks it."""
    return not origin.tls and speaks_tls(address)


def _as_sent(probe: HttpProbe, origin: HttpOrigin, cookies: Cookies | None) -> HttpRequest:
    """The request with the headers that the step does not set itself."""
    content, content_type = content_of(probe)
    headers = dict(probe.headers)
    _add(headers, "Content-Type", content_type)
    if cookies is not None:
        _add(headers, "Cookie", cookies.header_for(origin, probe.path, headers))
    return HttpRequest(
        method=probe.method, path=probe.path, headers=tuple(headers.items()), body=content
    )


def _add(headers: dict[str, str], name: str, value: str) -> None:
    if value and not any(each.lower() == name.lower() for each in headers):
        headers[name] = value


def _judged(probe: HttpProbe, answer: HttpAnswer, body: bytes, seconds: float) -> ProbeResult:
    text = body.decode("utf-8", "replace")
    status = answer.status
    accepted = status in probe.statuses if probe.statuses else 200 <= status < 400
    said = f"{status} {http.client.responses.get(status, '')}".strip() + f", {len(body)} bytes"
    values: tuple[tuple[str, str], ...] = ()
    if accepted:
        complaint = _complaint(probe, answer, text)
        try:
            values = () if complaint else captured(probe.captures, text, answer.headers)
        except MissingValueError as error:
            complaint = str(error)
        if complaint:
            accepted = False
            said += f", {complaint}"
    return ProbeResult(
        probe=probe,
        passed=accepted,
        answer=said,
        excerpt=text[:EXCERPT_LIMIT],
        answered=accepted or status not in NOT_READY_STATUSES,
        seconds=seconds,
        answered_with=answer,
        captured=values,
    )


def _complaint(probe: HttpProbe, answer: HttpAnswer, text: str) -> str:
    """What is wrong with an answer of the right status; empty where nothing is."""
    if probe.body_pattern and not re.search(probe.body_pattern, text):
        return f"body does not match /{probe.body_pattern}/"
    return header_complaint(probe.answer_headers, answer.headers) or json_complaint(
        probe.json, text
    )
