"""Two-way streams within TLS, of which one way can end before the other.

A command's stdin ends while its output still comes. Python's TLS sockets cannot say so: their
`shutdown` drops the TLS layer and reads on below it. Nor may two threads use one at a time, as who
gives input and who reads output do. So a stream is a plain socket here, and one thread carries what
comes through it into TLS and back.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from typing import Any, Final
from urllib.parse import urlsplit

import requests.utils

from slimmer.engine.dialling import DiallingAdapter

SCHEME: Final = "http+tls"
_PIECE: Final = 64 * 1024
"""Bytes that are read at a time, and that wait on either side at most."""


class TlsAdapter(DiallingAdapter):
    """Connections to the engine that a client with TLS speaks to, under its certificates."""

    def __init__(self, client: Any, timeout: int, max_pool_size: int) -> None:
        super().__init__(timeout, max_pool_size)
        parts = urlsplit(client.base_url)
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._context = _context(client.verify, client.cert)

    def dial(self) -> socket.socket:
        """A new connection to the engine."""
        far = socket.create_connection((self._host, self._port), self.timeout)
        near, inner = socket.socketpair()
        try:
            pump = _Pump(inner, far, self._context, self._host)
        except BaseException:
            for each in (near, inner, far):
                each.close()
            raise
        threading.Thread(target=pump.run, name="tls", daemon=True).start()
        return near


def _context(verify: str | bool, pair: tuple[str, str] | None) -> ssl.SSLContext:
    context = ssl.create_default_context(
        cafile=verify if isinstance(verify, str) else requests.utils.DEFAULT_CA_BUNDLE_PATH
    )
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if pair:
        context.load_cert_chain(*pair)
    return context


class _Pump:
    """Carries bytes between a plain socket and one with TLS, both ways and each until its end."""

    def __init__(
        self, inner: socket.socket, far: socket.socket, context: ssl.SSLContext, host: str
    ) -> None:
        """Agrees with the other side on a key. Raises OSError, of which ssl.SSLError is one."""
        self._inner, self._far = inner, far
        self._received, self._sent = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._sent, server_hostname=host)
        self._to_inner = self._to_far = b""
        self._writing = self._reading = True
        """Whether more may come from inside, and from the other side."""
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                far.sendall(self._sent.read())
                self._receive()
        far.sendall(self._sent.read())
        for each in (inner, far):
            each.setblocking(False)

    def run(self) -> None:
        """Until both ways have ended, or whoever is inside is gone."""
        with self._inner, self._far, contextlib.suppress(OSError):
            while self._reading or self._to_inner:
                ready = self._wait()
                if ready[self._inner] & (select.POLLHUP | select.POLLERR):
                    return
                if ready[self._far] & ~select.POLLOUT:
                    self._receive()
                    self._decrypt()
                if ready[self._inner] & select.POLLIN:
                    self._encrypt()
                self._to_inner = self._to_inner[self._send(self._inner, self._to_inner) :]
                self._to_far += self._sent.read()
                self._to_far = self._to_far[self._send(self._far, self._to_far) :]

    def _wait(self) -> dict[socket.socket, int]:
        poll = select.poll()
        reads, writes = self._writing and not self._to_far, bool(self._to_inner)
        poll.register(self._inner, select.POLLIN * reads | select.POLLOUT * writes)
        if self._reading:
            reads, writes = not self._to_inner, bool(self._to_far)
            poll.register(self._far, select.POLLIN * reads | select.POLLOUT * writes)
        told = dict(poll.poll())
        return {each: told.get(each.fileno(), 0) for each in (self._inner, self._far)}

    def _receive(self) -> None:
        if data := self._far.recv(_PIECE):
            self._received.write(data)
        else:
            self._received.write_eof()

    def _decrypt(self) -> None:
        """All that has come: what lies there when our own end is told would be lost."""
        try:
            while piece := self._tls.read(_PIECE):
                self._to_inner += piece
        except ssl.SSLWantReadError:
            return
        except ssl.SSLError:  # it broke off, or what came is garbled
            pass
        self._reading = False

    def _encrypt(self) -> None:
        data = self._inner.recv(_PIECE)
        if data:
            self._tls.write(data)
            return
        self._writing = False
        with contextlib.suppress(ssl.SSLWantReadError):  # the other side's end is not there yet
            self._tls.unwrap()

    @staticmethod
    def _send(to: socket.socket, data: bytes) -> int:
        try:
            return to.send(data) if data else 0
        except BlockingIOError:
            return 0


def with_two_way_streams(client: Any, timeout: int, pool: int) -> None:
    """Let a client that speaks TLS have streams at addresses of SCHEME."""
    client.mount(f"{SCHEME}://", TlsAdapter(client, timeout, pool))
