"""`http`: one request, and whether its answer is the expected one.

Redirects are answers (3xx passes by default) and are not followed, so a probe never reaches any
address but the target's.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slimmer.errors import UsageError
from slimmer.probing.connection import Connection, authority, speaks_tls
from slimmer.probing.failures import (
    ASK_FOR_HTTPS,
    ELSEWHERE,
    WANTS_CERTIFICATE,
    describe_failure,
    is_for_good,
)
from slimmer.probing.form import UPLOADS, Upload, form_content
from slimmer.probing.judging import (
    EXCERPT_LIMIT,
    MissingValueError,
    captured,
    header_complaint,
    json_complaint,
)
from slimmer.probing.keys import (
    Given,
    Key,
    KeyProblemError,
    Keys,
    Shape,
)
from slimmer.probing.kinds.interface import (
    Attempt,
    Kind,
    UrlProbe,
    place_fields,
    place_keys,
    with_place,
)
from slimmer.probing.protocols import protocol_at
from slimmer.probing.secrets import shown_target
from slimmer.values import HttpAnswer, HttpOrigin, HttpRequest, JsonExpectation, ProbeResult

if TYPE_CHECKING:
    from slimmer.probing.cookies import Cookies

_PLACE: Final = place_keys()
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SHORT: Final = re.compile(
    rf"(?:(?P<method>(?i:{'|'.join(METHODS)})(?=[:\s])|(?!https?:/)[A-Za-z]+(?=:/)):?\s*)?"
    r"(?P<place>\S+)(?P<statuses>(?:\s+\d{3})*)\s*"
)
_WITHOUT_SCHEME: Final = re.compile(
    r"(?P<host>localhost|127\.0\.0\.1|0\.0\.0\.0|[A-Za-z0-9._-]*(?=:\d{4}|:\d+/)|)"
    r"(?P<port>:\d+)?(?P<path>/\S*)?"
)
"""`localhost:3000/health`, `:3000/health`, `shop.example:8080`; not `health:404`."""
_BARE_PATH: Final = re.compile(rf"(?!(?:\d{{3}}|(?i:{'|'.join(METHODS)}))$)[\w.~%-][^\s:]*")
"""`health`, `api/v1?x=1`."""
NOT_READY_STATUSES: Final = frozenset({502, 503, 504})
_NO_CERTIFICATE: Final = b"No required SSL certificate was sent"
"""In nginx' page: it shakes hands with everybody, and asks afterwards."""


@dataclass(frozen=True, kw_only=True)
class HttpProbe(UrlProbe):
    """One HTTP request and the answer that it must get."""

    kind = "http"
    leads = True
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    form: tuple[tuple[str, str], ...] = ()
    """Fields of a form, which is the body then."""
    files: tuple[Upload, ...] = ()
    """Files of a form; with them it is sent as multipart/form-data."""
    statuses: frozenset[int] = frozenset()
    """Accepted status codes; empty: any of 200 to 399."""
    answer_headers: tuple[tuple[str, str], ...] = ()
    """(name, regular expression that must be found in the header's value)."""
    body_pattern: str = ""
    """A regular expression that must be found in the answer's body; empty: any body."""
    json: tuple[JsonExpectation, ...] = ()

    @property
    def request(self) -> str:
        return f"{self.method} {shown_target(self.path)}"

    @property
    def url_scheme(self) -> str:
        return "https" if self.tls else "http"

    @property
    def may_be_repeated(self) -> bool:
        return not self.plan and self.method in _SAFE_METHODS


def http_probe(text: str) -> HttpProbe:
    """Read `[METHOD:]PATH|URL [STATUS…]`, and what plainly means it: `health`, `POST /login`,
    `localhost:3000/health`. Raises UsageError."""
    match = _SHORT.fullmatch(text.strip())
    place = _place(match["place"]) if match else ""
    if not match or not place:
        raise UsageError(
            f"`{text}` is not an HTTP probe",
            hint="write [METHOD:]/PATH [STATUS], for example /health, POST:/login, "
            '"GET:/missing 404" or https://localhost/health',
        )
    method = (match["method"] or "GET").upper()
    if method not in METHODS:
        raise UsageError(f"`{text}`: {method} is not one of {', '.join(METHODS)}")
    statuses = frozenset(int(status) for status in match["statuses"].split())
    return HttpProbe(
        name=f"{method} {shown_target(place)}",
        method=method,
        statuses=statuses,
        **place_fields(place),
    )


def _place(text: str) -> str:
    """The /PATH or URL that is meant; empty where none is."""
    if re.match(r"/|https?:/", text):
        return text
    if text and (address := _WITHOUT_SCHEME.fullmatch(text)):
        # A number is where this machine finds it; the application calls itself otherwise.
        host = re.sub(r"^(127\.0\.0\.1|0\.0\.0\.0|)$", "localhost", address["host"])
        return f"http://{host}{address['port'] or ''}{address['path'] or '/'}"
    return f"/{text}" if _BARE_PATH.fullmatch(text) else ""


class Http(Kind[HttpProbe]):
    """A request."""

    probe = HttpProbe
    keys = Keys(
        keys=(
            Key("method", Shape.TEXT, limits={"pattern": f"^(?i:{'|'.join(METHODS).lower()})$"}),
            *_PLACE.keys,
            Key("headers", Shape.HEADERS),
            Key("body", Shape.BYTES),
            Key("body_json", Shape.ANYTHING),
            Key("form", Shape.TEXTS),
            Key("files", UPLOADS),
            Key("status", Shape.STATUSES),
            Key("answer_headers", Shape.PATTERNS),
            Key("body_pattern", Shape.PATTERN),
            Key("json", Shape.PLACES),
        ),
        exclusive=_PLACE.exclusive,
    )
    shorthand = "[METHOD:]PATH [STATUS…]"
    sources = ("json", "header", "pattern")

    def step(self, given: Given, folder: Path) -> HttpProbe:
        place, fields = with_place(given)
        bodies = [key for key in ("body", "body_json") if key in fields]
        has_form = "form" in fields or "files" in fields
        if len(bodies) + has_form > 1:
            raise KeyProblemError(bodies[-1], "a request has one body: body, body_json, or a form")
        if "body_json" in fields:
            document = fields.pop("body_json")
            fields["body"] = json.dumps(document, ensure_ascii=False).encode()
            headers = fields.get("headers", ())
            if not any(name.lower() == "content-type" for name, _ in headers):
                fields["headers"] = (*headers, ("Content-Type", "application/json"))
        method = fields.pop("method", "").upper() or ("POST" if bodies or has_form else "GET")
        if method not in METHODS:
            raise KeyProblemError("method", f"{method} is not one of {', '.join(METHODS)}")
        return HttpProbe(
            name=f"{method} {shown_target(place)}",
            method=method,
            statuses=fields.pop("status", frozenset()),
            **fields,
        )

    def short(self, text: str, folder: Path) -> HttpProbe:
        return http_probe(text)

    def send(self, probe: HttpProbe, attempt: Attempt) -> ProbeResult:
        target = attempt.target
        result = self._send_to(asked := probe.port or target.port(), probe, attempt)
        if result.passed or probe.port is not None:
            return result
        # Of several ports one is meant, not the one for metrics, and nobody has said which.
        if ELSEWHERE.search(result.answer) or (result.answered and not target.has_settled()):
            for port in target.other_ports(asked):
                other = self._send_to(port, probe, attempt)
                if other.passed:
                    target.speak_to(port)
                    return other
                # Who has not begun may be the one: sshd listens before its neighbour.
                result = dataclasses.replace(result, answered=result.answered and other.answered)
        return result

    def _send_to(self, port: int | None, probe: HttpProbe, attempt: Attempt) -> ProbeResult:
        return request(
            probe,
            attempt.target.addresses(port),
            attempt.seconds,
            origin=probe.origin_at(port or attempt.target.port()),
            own_names=attempt.target.own_names(),
            cookies=attempt.state.cookies if attempt.state else None,
            explained=attempt.explained,
        )

    def hint(self, probe: HttpProbe, result: ProbeResult) -> str:
        if probe.plan or not result.answered:
            return ""
        has_url = probe.tls or probe.port is not None
        place = f"{probe.url_scheme}://{authority(probe.origin_at(None))}" if has_url else ""
        return (
            "correct the path or say which status is right, for example "
            f'--http-probe "{probe.method}:{place}{probe.path} 404"'
        )


def request(
    probe: HttpProbe,
    addresses: Sequence[tuple[str, int]],
    timeout: float,
    *,
    origin: HttpOrigin | None = None,
    own_names: tuple[tuple[str, str], ...] = (),
    cookies: Cookies | None = None,
    explained: bool = True,
) -> ProbeResult:
    """Send the request to the first address that answers it; `timeout` in seconds for all of it,
    `own_names` as in HttpAnswer. `origin` is what the application is called there, `cookies` are
    sent and remembered; `explained` as in Attempt."""
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
                if explained:
                    failure, definite = _told(error, origin, address)
                else:
                    failure, definite = describe_failure(error), is_for_good(error)
                continue
        if cookies is not None:
            cookies.remember(origin, probe.path, dict(probe.headers), answer)
        result = _judged(probe, answer, body, time.monotonic() - started)
        if origin.tls and not result.passed and _NO_CERTIFICATE in body:
            return dataclasses.replace(result, answer=f"{result.answer}; {WANTS_CERTIFICATE}")
        # Many servers tell in this way that they speak TLS only.
        if result.passed or answer.status != HTTPStatus.BAD_REQUEST or not _is_tls(origin, address):
            return result
        return dataclasses.replace(result, answer=f"{result.answer}; {ASK_FOR_HTTPS}")
    seconds = time.monotonic() - started
    return ProbeResult(
        probe=probe, passed=False, answer=failure, answered=definite, seconds=seconds
    )


def _told(error: Exception, origin: HttpOrigin, address: tuple[str, int]) -> tuple[str, bool]:
    """(why there is no answer, whether another try would fail in the same way)."""
    is_there = not isinstance(error, ConnectionRefusedError | TimeoutError)
    if is_there and _is_tls(origin, address):
        return ASK_FOR_HTTPS, True
    said = describe_failure(error)
    if not origin.tls and ELSEWHERE.search(said):
        protocol = protocol_at(address)
        if protocol is not None:
            return f"{said}: the port speaks {protocol.name}", True
    return said, is_for_good(error)


def _is_tls(origin: HttpOrigin, address: tuple[str, int]) -> bool:
    """Whether a server that was asked without TLS speaks it."""
    return not origin.tls and speaks_tls(address)


def _as_sent(probe: HttpProbe, origin: HttpOrigin, cookies: Cookies | None) -> HttpRequest:
    """The request with the headers that the step does not set itself."""
    content, content_type = probe.body, ""
    if probe.form or probe.files:
        content, content_type = form_content(probe.form, probe.files)
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
        faulty=not accepted and status >= 500,
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
