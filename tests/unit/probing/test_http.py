"""HTTP probes against real servers on loopback: what passes, and what the answer line says."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from slimmer.probing import RECORD_LIMIT, Prober
from slimmer.probing.connection import tls_context
from slimmer.probing.kinds import HttpProbe
from slimmer.probing.kinds.http import request
from slimmer.values import HttpAnswer
from tests.unit.probing.explore.crawl.site import CERTIFICATE, serve
from tests.unit.probing.this_machine import ThisMachine


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = int(self.path.strip("/").split("/")[0] or 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://192.0.2.1/never-followed")
        self.end_headers()
        self.wfile.write(b"hello " + self.headers.get("X-Name", "nobody").encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body[::-1])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, int]]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield "127.0.0.1", running.server_address[1]
        running.shutdown()


@pytest.mark.parametrize(("status", "passes"), [(200, True), (302, True), (404, False)])
def test_any_status_from_200_to_399_passes(
    server: tuple[str, int], status: int, passes: bool
) -> None:
    result = request(HttpProbe(name="p", path=f"/{status}"), [server], 5)
    assert result.passed is passes
    assert result.answered
    assert result.answer.startswith(str(status))


def test_an_expected_status_replaces_the_usual_ones(server: tuple[str, int]) -> None:
    probe = HttpProbe(name="p", path="/404", statuses=frozenset({404}))
    assert request(probe, [server], 5).passed
    probe = HttpProbe(name="p", path="/200", statuses=frozenset({404}))
    assert not request(probe, [server], 5).passed


def test_a_head_that_trickles_is_cut() -> None:
    """One byte every 20 ms never lets the socket's own timeout pass."""
    ended = threading.Event()

    def trickle(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            for letter in itertools.chain(b"HTTP/1.1 200 OK\r\nX-Long: ", itertools.repeat(65)):
                connection.sendall(bytes((letter,)))
                if ended.wait(0.02):
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=trickle, args=(listening,))
        thread.start()
        started = time.monotonic()
        result = request(HttpProbe(name="p"), [listening.getsockname()], 0.5)
        assert time.monotonic() - started < 3
        assert (result.passed, result.answer) == (False, "no answer in time")
        ended.set()
        thread.join()


def test_503_is_not_ready(server: tuple[str, int]) -> None:
    result = request(HttpProbe(name="p", path="/503"), [server], 5)
    assert not result.passed
    assert not result.answered


def test_headers_body_and_pattern(server: tuple[str, int]) -> None:
    probe = HttpProbe(name="p", headers=(("X-Name", "anna"),), body_pattern="hello a.na$")
    assert request(probe, [server], 5).passed
    probe = HttpProbe(name="p", headers=(("X-Name", "otto"),), body_pattern="hello a.na$")
    result = request(probe, [server], 5)
    assert not result.passed
    assert "does not match" in result.answer
    assert request(HttpProbe(name="p", method="POST", body=b"abc"), [server], 5).excerpt == "cba"


def test_the_first_address_that_accepts_answers(server: tuple[str, int]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        result = request(HttpProbe(name="p", path="/200"), [closed.getsockname(), server], 5)
    assert result.passed


def test_a_refused_connection_is_not_an_answer() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        result = request(HttpProbe(name="p"), [closed.getsockname()], 5)
    assert (result.passed, result.answered) == (False, False)
    assert result.answer == "connection refused"


@pytest.mark.parametrize("said", [b"", b"not http at all\r\n\r\n"])
def test_a_server_that_does_not_speak_http_fails_the_probe(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(said)

        threading.Thread(target=answer, daemon=True).start()
        result = request(HttpProbe(name="p"), [listener.getsockname()], 5)
    assert (result.passed, result.answered) == (False, False)


def test_an_answer_that_never_ends_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                try:
                    while True:
                        connection.sendall(b".")
                        threading.Event().wait(0.02)
                except OSError:
                    pass

        threading.Thread(target=trickle, daemon=True).start()
        result = request(HttpProbe(name="p"), [listener.getsockname()], 0.3)
    assert not result.passed


def test_the_answer_is_recorded_as_it_came(server: tuple[str, int]) -> None:
    names = (("172.17.0.9", "address"),)
    probe = HttpProbe(name="p", path="/302", statuses=frozenset({200}))
    result = request(probe, [server], 5, own_names=names)
    assert not result.passed
    answer = result.answered_with
    assert isinstance(answer, HttpAnswer)
    assert answer.status == 302
    assert ("Location", "http://192.0.2.1/never-followed") in answer.headers
    assert answer.body.data == b"hello nobody"
    assert answer.body.digest == "sha256:" + hashlib.sha256(b"hello nobody").hexdigest()
    assert answer.body.complete
    assert answer.own_names == names


def test_of_a_large_body_the_digest_tells_all(server: tuple[str, int]) -> None:
    body = bytes(range(256)) * 2000
    result = request(HttpProbe(name="p", method="POST", body=body), [server], 5)
    answer = result.answered_with
    assert isinstance(answer, HttpAnswer)
    assert answer.body.size == len(body)
    assert answer.body.data == body[::-1][:RECORD_LIMIT]
    assert answer.body.digest == "sha256:" + hashlib.sha256(body[::-1]).hexdigest()


def test_no_answer_is_recorded_where_none_came() -> None:
    assert request(HttpProbe(name="p"), [("127.0.0.1", 1)], 5).answered_with is None


def test_tls_by_the_name_that_the_application_has() -> None:
    with serve({"/": "<p>secret"}, tls=True) as site:
        place = ("127.0.0.1", site.port)
        probe = HttpProbe(name="p", host="localhost", port=8443, tls=True, insecure=True)
        result = request(probe, [place], 5, origin=probe.origin_at(80))
        assert (result.passed, result.excerpt) == (True, "<p>secret")
        assert site.hosts == {"localhost:8443"}


def test_a_certificate_that_nobody_vouches_for_is_definite() -> None:
    probe = HttpProbe(name="p", tls=True)
    with serve({"/": "secret"}, tls=True) as site:
        result = request(probe, [("127.0.0.1", site.port)], 5, origin=probe.origin_at(443))
        assert (result.passed, result.answered) == (False, True)
        assert result.answer.startswith("its certificate is not trusted: self-signed")
        assert site.asked == []


def test_a_certificate_that_the_user_vouches_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    tls_context.cache_clear()
    try:
        with serve({"/": "secret"}, tls=True) as site:
            place = ("127.0.0.1", site.port)
            for host, passes in (("localhost", True), ("elsewhere.example", False)):
                probe = HttpProbe(name="p", host=host, tls=True)
                result = request(probe, [place], 5, origin=probe.origin_at(443))
                assert result.passed is passes, result.answer
    finally:
        tls_context.cache_clear()


def test_a_port_that_speaks_tls_is_told_of() -> None:
    with serve({"/": "secret"}, tls=True) as site:
        result = request(HttpProbe(name="p"), [("127.0.0.1", site.port)], 5)
    assert (result.passed, result.answered) == (False, True)
    assert result.answer == "the port speaks TLS: ask for https://"


def test_a_port_that_speaks_no_tls_is_told_of(server: tuple[str, int]) -> None:
    probe = HttpProbe(name="p", tls=True, insecure=True)
    result = request(probe, [server], 5, origin=probe.origin_at(443))
    assert (result.passed, result.answered) == (False, True)
    assert result.answer == "the port speaks no TLS"


def test_a_handshake_that_never_ends_is_given_up() -> None:
    probe = HttpProbe(name="p", tls=True, insecure=True)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        result = request(probe, [silent.getsockname()], 0.3, origin=probe.origin_at(443))
    assert time.monotonic() - started < 3
    assert (result.answered, result.answer) == (False, "no answer in time")


def test_the_host_that_a_step_names_is_the_only_one() -> None:
    with serve({"/": "here"}) as site:
        probe = HttpProbe(name="p", headers=(("host", "shop.example"),))
        assert request(probe, [("127.0.0.1", site.port)], 5, origin=probe.origin_at(80)).passed
        assert site.hosts == {"shop.example"}


INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
FINAL = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 5 + FINAL, 200),
        (INTERIM + FINAL, 200),
        (b"HTTP/1.1 102 Processing\r\n\r\n" + INTERIM * 2 + FINAL, 200),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 101),
    ],
)
def test_interim_answers_are_skipped(said: bytes, status: int) -> None:
    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
        result = request(HttpProbe(name="p"), [listening.getsockname()], 5)
    assert isinstance(result.answered_with, HttpAnswer), result.answer
    assert result.answered_with.status == status


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (ssl.TLSVersion.TLSv1_3, "it asks for a client's certificate"),
        (ssl.TLSVersion.TLSv1_2, "no TLS version or cipher in common"),
    ],
)
def test_a_server_that_asks_for_a_certificate(version: ssl.TLSVersion, words: str) -> None:
    """Before TLS 1.3 a server has only one word for this and for what it has no other for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = context.maximum_version = version

    def refuse(listening: socket.socket) -> None:
        with contextlib.suppress(OSError):  # until nobody listens any more
            while True:
                connection, _ = listening.accept()
                # Closed with something unread it would be reset, and the refusal lost.
                with connection.dup() as kept, contextlib.suppress(ssl.SSLError):
                    try:
                        context.wrap_socket(connection, server_side=True)
                    finally:
                        kept.recv(65536)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=refuse, args=(listening,), daemon=True).start()
        probe = HttpProbe(name="p", tls=True, insecure=True)
        result = request(probe, [listening.getsockname()], 5, origin=probe.origin_at(None))
    assert words in result.answer
    assert result.answered, "another try would bring the same"


def test_a_server_that_asks_for_a_certificate_on_a_page() -> None:
    page = b"<center>No required SSL certificate was sent</center>"
    with serve({"/": (400, {}, page)}, tls=True) as site:
        probe = HttpProbe(name="p", tls=True, insecure=True)
        result = request(probe, [("127.0.0.1", site.port)], 5, origin=probe.origin_at(None))
    assert result.answer.endswith("; it asks for a client's certificate")


@contextlib.contextmanager
def foreign_server(greeting: bytes) -> Iterator[int]:
    """The port of one that says the same to everybody, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as foreign:

        def greet() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = foreign.accept()
                    with connection:
                        connection.sendall(greeting)

        threading.Thread(target=greet, daemon=True).start()
        yield foreign.getsockname()[1]


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b""], ids=["speaks", "hangs up"])
def test_of_several_ports_the_one_that_speaks_http_is_found(
    server: tuple[str, int], greeting: bytes
) -> None:
    with foreign_server(greeting) as foreign_port:
        target = ThisMachine(served=foreign_port, others=(server[1],))
        prober = Prober(target, probe_timeout=5)
        assert not prober.once(HttpProbe(name="p", path="/500")).passed
        assert target.port() == foreign_port, "an answer that does not pass decides nothing"
        assert prober.once(HttpProbe(name="p", path="/200")).passed
        assert target.port() == server[1]
        named = prober.once(HttpProbe(name="p", path="/200", port=foreign_port))
        assert not named.passed, "what the user names is asked, and nothing else"


@pytest.mark.parametrize("wants_tls", [False, True])
def test_of_two_ports_the_one_with_tls_is_asked_where_the_probe_says_so(
    server: tuple[str, int], wants_tls: bool
) -> None:
    """`EXPOSE 8080 443`: the lower number comes first, whatever the scheme."""
    with serve({"/200": "secret"}, tls=True) as secure:
        ports = (server[1], secure.port) if wants_tls else (secure.port, server[1])
        target = ThisMachine(served=ports[0], others=ports[1:])
        probe = HttpProbe(name="p", path="/200", tls=wants_tls, insecure=True)
        assert Prober(target, probe_timeout=5).once(probe).passed
    assert target.port() == ports[1]


def test_a_port_that_is_no_web_server_is_not_the_last_word_while_another_is_closed() -> None:
    """sshd listens at once, the web server beside it a little later."""
    with foreign_server(b"SSH-2.0-OpenSSH_9.2\r\n") as foreign_port, socket.socket() as later:
        later.bind(("127.0.0.1", 0))  # taken, and closed as long as nobody listens
        probe = HttpProbe(name="p")
        alone = Prober(ThisMachine(served=foreign_port), probe_timeout=5).once(probe)
        target = ThisMachine(served=foreign_port, others=(later.getsockname()[1],))
        beside = Prober(target, probe_timeout=5).once(probe)
    assert alone.answered
    assert not beside.answered, "another try may find the other port open"
