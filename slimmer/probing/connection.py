"""A kept-alive HTTP connection to the target, on which no answer lasts longer than its deadline.

A socket's own time limit is for one read: a server that sends a byte now and then never meets
it. Here each read gets what is left until the deadline, for the head of an answer as for its body.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import socket
import ssl
import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import IO, Any

from slimmer.probing.failures import FOREIGN, NO_TLS
from slimmer.probing.record import record
from slimmer.values import HttpAnswer, HttpOrigin, HttpRequest
from slimmer.words import printable

BODY_LIMIT = 4 * 1024 * 1024
"""Bytes of an answer's body that are read; the rest is left to the connection's end."""
USER_AGENT = "slimmer-probe"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SHOWN = 60
"""Bytes of what a server says that is of another protocol."""
HANDSHAKE_LOOK = 1.0
"""Seconds in which a server that speaks TLS begins to: one that does not may wait for more."""


def authority(origin: HttpOrigin) -> str:
    """`localhost:8000`: the Host header of requests to this origin."""
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return f"{host}:{origin.named_port}" if origin.named_port else host


def is_loopback(host: str) -> bool:
    """Whether a name stands for the machine that somebody is on."""
    return host in _LOOPBACK


def speaks_tls(address: tuple[str, int]) -> bool:
    """Whether a TLS handshake succeeds there, at once."""
    connection = Connection([address], HttpOrigin(tls=True, insecure=True))
    try:
        with contextlib.closing(connection):
            connection.open(time.monotonic() + HANDSHAKE_LOOK)
    except OSError:
        return False
    return True


def looked_closer(address: tuple[str, int], *, tls: bool, secure: str) -> tuple[str, bool]:
    """(what is wrong with the protocol of a probe that got no answer, empty where nothing is to be
    seen; whether another try would fail as well). `secure` is the scheme with TLS."""
    has_tls = speaks_tls(address)
    if has_tls:
        return ("", False) if tls else (f"the port speaks TLS: ask for {secure}://", True)
    said = _first_words(address)
    if tls:
        return (NO_TLS, True) if said else ("", False)
    if not said or said.startswith(b"HTTP/"):
        return "", False
    line = said.split(b"\n")[0].decode("utf-8", "replace").strip()
    return f"{FOREIGN} (`{printable(line)[:_SHOWN]}`)", False


def _first_words(address: tuple[str, int]) -> bytes:
    """What is said there to an HTTP request, or before it."""
    with (
        contextlib.suppress(OSError),
        socket.create_connection(address, timeout=HANDSHAKE_LOOK) as connection,
    ):
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return connection.recv(_SHOWN)
    return b""


class Connection:
    """To one of the target's addresses, opened when it is needed. Not for two threads at once."""

    def __init__(
        self,
        addresses: Sequence[tuple[str, int]],
        origin: HttpOrigin,
        *,
        own_names: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """`addresses` are tried in order; `own_names` as in HttpAnswer."""
        self._addresses = addresses
        self._origin = origin
        self._own_names = own_names
        self._http: http.client.HTTPConnection | None = None
        self._socket: _TimedSocket | None = None

    def send(self, request: HttpRequest, *, seconds: float) -> tuple[HttpAnswer, bytes]:
        """The answer and its body, of which BODY_LIMIT bytes are read at most.

        Raises OSError or http.client.HTTPException; TimeoutError where the answer is not complete
        within `seconds`. A kept connection that the server has closed meanwhile is opened anew,
        but a request is sent twice only where nobody can have taken it.
        """
        deadline = time.monotonic() + seconds
        kept = self._http is not None
        try:
            return self._exchange(request, deadline)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            if not kept or request.method not in ("GET", "HEAD", "OPTIONS"):
                raise
        return self._exchange(request, deadline)

    def open(self, deadline: float) -> None:
        """Connect, and shake hands where the origin has TLS, by `deadline` (time.monotonic).
        Raises OSError."""
        self._opened(deadline)

    def close(self) -> None:
        """Close what is open; the next request opens it again."""
        if self._socket is not None:
            self._socket.end()
        self._http = self._socket = None

    def _exchange(self, request: HttpRequest, deadline: float) -> tuple[HttpAnswer, bytes]:
        """One attempt. The connection is kept only where the whole answer was read."""
        try:
            return self._attempt(request, deadline)
        except BaseException:
            self.close()
            raise

    def _attempt(self, request: HttpRequest, deadline: float) -> tuple[HttpAnswer, bytes]:
        connection, timed = self._opened(deadline)
        timed.deadline = deadline
        headers = dict(request.headers)
        given = {name.lower() for name in headers}
        connection.putrequest(
            request.method, request.path, skip_host=True, skip_accept_encoding=True
        )
        if "host" not in given:
            connection.putheader("Host", authority(self._origin))
        if "accept-encoding" not in given:
            connection.putheader("Accept-Encoding", "identity")
        if "user-agent" not in given:
            connection.putheader("User-Agent", USER_AGENT)
        if "content-length" not in given and (
            request.body or request.method in ("POST", "PUT", "PATCH")
        ):
            connection.putheader("Content-Length", str(len(request.body)))
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        body, complete = _read(response)
        response.close()
        if not complete or response.will_close:
            self.close()
        answer = HttpAnswer(
            status=response.status,
            headers=tuple(response.getheaders()),
            body=record(body, complete=complete),
            own_names=self._own_names,
        )
        return answer, body

    def _opened(self, deadline: float) -> tuple[http.client.HTTPConnection, _TimedSocket]:
        if self._http is not None and self._socket is not None:
            return self._http, self._socket
        failure: Exception = OSError("no address is known for the port")
        for address in self._addresses:
            try:
                plain = socket.create_connection(address, max(0.01, deadline - time.monotonic()))
            except OSError as error:
                failure = error
                continue
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            timed = _TimedSocket(self._secured(plain, deadline) if self._origin.tls else plain)
            connection = http.client.HTTPConnection(*address)
            connection.response_class = _Response
            connection.auto_open = 0
            connection.sock = timed
            self._http, self._socket = connection, timed
            return connection, timed
        raise failure

    def _secured(self, plain: socket.socket, deadline: float) -> ssl.SSLSocket:
        plain.settimeout(max(0.01, deadline - time.monotonic()))
        return secured(plain, self._origin.host, insecure=self._origin.insecure)


def secured(plain: socket.socket, host: str, *, insecure: bool) -> ssl.SSLSocket:
    """The connection with TLS around it, within its time limit. Raises OSError, and closes it."""
    try:
        return tls_context(insecure).wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


@functools.cache
def tls_context(insecure: bool) -> ssl.SSLContext:
    """Made once: to read the machine's authorities takes 20 ms."""
    context = ssl.create_default_context()
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class _Response(http.client.HTTPResponse):
    """An answer, all interim ones before it skipped, as curl does: http.client skips 100 only."""

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]
        is_interim = 100 <= status < 200 and status != HTTPStatus.SWITCHING_PROTOCOLS
        return version, HTTPStatus.CONTINUE if is_interim else status, reason


def _read(response: http.client.HTTPResponse) -> tuple[bytes, bool]:
    """(the body, whether that is all of it). Raises IncompleteRead for one that breaks off."""
    body = bytearray()
    while len(body) < BODY_LIMIT:
        piece = response.read1(min(64 * 1024, BODY_LIMIT - len(body)))
        if not piece:
            if response.length:
                raise http.client.IncompleteRead(bytes(body), response.length)
            return bytes(body), True
        body += piece
    return bytes(body), not response.read1(1)


class _TimedSocket:
    """What http.client needs of a socket; every read and write ends at the deadline."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self.deadline = time.monotonic()

    def makefile(self, mode: str) -> IO[bytes]:
        assert mode == "rb", mode
        return io.BufferedReader(_TimedReader(self))

    def sendall(self, data: Any) -> None:
        self._inner.settimeout(self._left())
        self._inner.sendall(data)

    def receive_into(self, buffer: Any) -> int:
        self._inner.settimeout(self._left())
        return self._inner.recv_into(buffer)

    def close(self) -> None:
        """Not yet: http.client closes before the body is read where no other answer follows."""

    def end(self) -> None:
        """Close the connection."""
        self._inner.close()

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not end in time")
        return left


class _TimedReader(io.RawIOBase):
    """The socket as a stream. Closing it leaves the socket open for the next answer."""

    def __init__(self, timed: _TimedSocket) -> None:
        super().__init__()
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._timed.receive_into(buffer)
