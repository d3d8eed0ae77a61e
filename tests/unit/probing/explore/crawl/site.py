"""Real HTTP servers on loopback: sites to be crawled, hostile ones among them, and a witness that
must never be asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from slimmer.probing import CommandOutcome, Explored
from slimmer.probing.explore.crawl import Crawl, CrawlOptions

HTML = "text/html; charset=utf-8"
CERTIFICATE = Path(__file__).with_name("localhost.pem")
Page = str | bytes | tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A running server and what it was asked."""

    port: int
    pages: dict[str, Page]
    """Request target → HTML, or (status, headers, body), or a function that answers. A target
    that is not there is taken without its query, then from `otherwise`."""
    otherwise: Callable[[str], Page | None] = lambda _: None
    asked: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    connections: int = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written one after the other
    site: Site

    def setup(self) -> None:
        super().setup()
        self.site.connections += 1

    def do_GET(self) -> None:
        site = self.site
        site.asked.append(self.path)
        site.hosts.add(self.headers["Host"])
        page = site.pages.get(self.path) or site.pages.get(self.path.partition("?")[0])
        if page is None:
            page = site.otherwise(self.path)
        if callable(page):
            page(self)
        elif page is None:
            self.answer(404, {"Content-Type": HTML}, b"nothing here")
        elif isinstance(page, tuple):
            self.answer(*page)
        else:
            data = page if isinstance(page, bytes) else page.encode()
            self.answer(200, {"Content-Type": HTML}, data)

    do_POST = do_PUT = do_DELETE = do_GET

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serve(
    pages: dict[str, Page],
    *,
    otherwise: Callable[[str], Page | None] = lambda _: None,
    tls: bool = False,
) -> Iterator[Site]:
    """A site while the block runs."""
    site = Site(port=0, pages=pages, otherwise=otherwise)
    handler: Any = type("Handler", (_Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        site.port = server.server_address[1]
        server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield site
        finally:
            server.shutdown()


@dataclass
class Machine:
    """Implements probing.Target for a server on loopback, which stands for a container
    whose port 8080 is published at the server's."""

    served: int
    container_port: int = 8080

    def port(self) -> int | None:
        return self.container_port

    def addresses(self, port: int | None) -> Sequence[tuple[str, int]]:
        return [("127.0.0.1", self.served)] if port in (None, self.container_port) else []

    def own_names(self) -> tuple[tuple[str, str], ...]:
        return ()

    def run_command(self, command: Sequence[str], *, user: str, timeout: float) -> CommandOutcome:
        raise NotImplementedError

    def exit_status(self) -> int | None:
        return None

    def wait_for_change(self, seconds: float) -> None:
        raise NotImplementedError

    def other_ports(self, asked: int | None) -> tuple[int, ...]:
        return ()

    def speak_to(self, port: int) -> None:
        raise NotImplementedError

    def is_hopeless(self, port: int | None) -> bool:
        return True

    def has_settled(self) -> bool:
        return True


def crawl(site: Site, **options: Any) -> Explored:
    """Crawl it as slimmer does."""
    return Crawl(CrawlOptions(**options)).explore(Machine(site.port), begin=lambda _: None)


def found(explored: Explored) -> dict[str, int]:
    """Request target → status, as the finished images are held to it."""
    (result,) = explored.results
    assert result.passed
    return {request.path: request.status for request in result.probe.requests}  # type: ignore[union-attr]


def left_out(explored: Explored) -> dict[str, int]:
    """The first words of each reason → how many."""
    return {each.reason: each.count for each in explored.summary.left_out}


@contextlib.contextmanager
def dripping(head: bytes, piece: bytes, seconds: float) -> Iterator[int]:
    """The port of a server that answers anybody with `head`, and then a `piece` now and then
    without end, and never closes."""
    ended = threading.Event()

    def serve_one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(head)
            while not ended.wait(seconds):
                connection.sendall(piece)

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve_one, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            listener.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def closing_at_once() -> Iterator[int]:
    """The port of a server that takes every connection and closes it."""

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
