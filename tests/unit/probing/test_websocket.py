"""WebSocket probes against a real server on loopback."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import MissingExtraError, UsageError
from slimmer.probing import Prober
from slimmer.probing.failures import advice
from slimmer.probing.kinds import WebSocketProbe, kind_of, websocket_probe
from slimmer.values import ProbeResult, Verdict
from slimmer.verify.compare import compare
from tests.servers.websocket_shop import Shop
from tests.unit.probing.explore.crawl.site import CERTIFICATE, serve
from tests.unit.probing.plan_step import only_step
from tests.unit.probing.this_machine import Patient

Start = Callable[..., Shop]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers, which end with the test."""
    (tmp_path / "tea").write_text("3 pence, order 17")
    running = []

    def begin(**options: Any) -> Shop:
        running.append(Shop(tmp_path, **options))
        return running[-1]

    yield begin
    for shop in running:
        shop.close()


def sent(port: int, probe: WebSocketProbe) -> ProbeResult:
    return Prober(Patient(port), probe_timeout=1).once(probe)


def step(port: int, tmp_path: Path, text: str) -> ProbeResult:
    """What a plan's only step gets."""
    probe = only_step(tmp_path, "websocket", text)
    assert isinstance(probe, WebSocketProbe)
    return sent(port, probe)


@pytest.mark.parametrize("text", ["/till", "ws://shop.example/till?a=b"])
def test_that_it_connects_is_enough(start: Start, text: str) -> None:
    result = sent(start().port, websocket_probe(text))
    assert (result.passed, result.answer) == (True, "connected")


def test_a_message_and_an_answer(start: Start) -> None:
    result = sent(start().port, websocket_probe("/till tea"))
    assert (result.passed, result.answer) == (True, "1 message, 7 bytes")
    assert result.excerpt == "welcome"


def test_messages_to_and_fro(start: Start, tmp_path: Path) -> None:
    result = step(
        start().port,
        tmp_path,
        "{path: /till, headers: {X-Customer: -ann}, subprotocols: [till.v1, till.v2],"
        " exchange: [{expect: welcome-ann}, {send: tea, expect: '^3 pence'},"
        " {send_hex: '01 02', expect_hex: '02 01'}, {send: soap}, {send: tea, expect: order}],"
        " capture: {order: 'order (\\d+)'}}",
    )
    assert result.passed, result.answer
    assert result.captured == (("order", "17"),)
    lines = ["welcome-ann", "3 pence, order 17", "0201", "unknown", "3 pence, order 17"]
    assert result.excerpt.splitlines() == lines


def test_values_are_taken_from_the_last_message_alone(start: Start, tmp_path: Path) -> None:
    (tmp_path / "json").write_text('{"order": 18}')
    text = "{path: /till, send: json, expect: order, capture: {order: {json: $.order}}}"
    result = step(start().port, tmp_path, text)
    assert result.captured == (("order", "18"),)


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        ("{expect: farewell}", "no message with /farewell/ came in time"),
        ("{send: bye, expect: 'a+'}", "closed before /a+/ came (1008 closed early)"),
        ("{expect_hex: '00 ff'}", "no message with 00 ff came in time"),
    ],
)
def test_what_does_not_come(start: Start, tmp_path: Path, exchange: str, said: str) -> None:
    result = step(start().port, tmp_path, f"{{path: /till, exchange: [{exchange}]}}")
    assert (result.passed, result.answered) == (False, False)
    assert said in result.answer
    assert result.excerpt == "welcome"


def test_a_page_is_a_definite_answer(start: Start) -> None:
    result = sent(start().port, websocket_probe("/"))
    assert (result.passed, result.answered) == (False, True)
    assert result.answer == "200 OK instead of a WebSocket"


def test_a_subprotocol_that_the_server_does_not_speak(start: Start, tmp_path: Path) -> None:
    result = step(start().port, tmp_path, "{path: /till, subprotocols: [chat]}")
    assert not result.passed


def test_a_server_that_is_not_ready_is_asked_again(start: Start) -> None:
    gone = start()
    gone.close()
    late = {"port": gone.port, "unavailable": 2}
    threading.Timer(0.3, start, kwargs=late).start()
    prober = Prober(Patient(gone.port), probe_timeout=5)
    result = prober.until_ready(websocket_probe("/till"), limit=10)
    assert result.passed, result.answer
    assert result.attempts > 3


def test_answers_are_compared(start: Start, tmp_path: Path) -> None:
    probe = WebSocketProbe(name="w", path="/till", exchanges=websocket_probe("/ tea").exchanges)
    port = start().port
    answers = [sent(port, probe).answered_with for _ in range(3)]
    answers.append(sent(start(greeting="hello").port, probe).answered_with)
    *references, same, other = [each for each in answers if each is not None]
    assert compare(references, same).verdict is Verdict.SAME
    assert [each.part for each in compare(references, other).differences] == ["messages"]


def test_tls(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    port = start(certificate=CERTIFICATE).port
    result = sent(port, websocket_probe("/till"))
    assert (result.answered, result.answer) == (True, "the port speaks TLS: ask for wss://")
    secured = websocket_probe("wss://localhost/till")
    result = sent(port, secured)
    assert (result.passed, result.answered) == (False, True)
    assert "its certificate is not trusted" in result.answer
    assert sent(port, secured.with_any_certificate()).passed
    result = sent(start().port, secured)
    assert (result.answered, result.answer) == (True, "the port speaks no TLS")


@pytest.mark.parametrize(
    ("said", "told"),
    [(b"", "closed without an answer"), (b"220 ready\r\n", "not an HTTP answer (`220 ready`)")],
)
def test_a_port_that_closes_at_once_may_not_be_ready(said: bytes, told: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def close_at_once() -> None:
            for _ in range(3):  # the probe, and its looks whether this is TLS, or what else
                client, _ = server.accept()
                client.sendall(said)
                client.close()

        thread = threading.Thread(target=close_at_once)
        thread.start()
        result = sent(server.getsockname()[1], websocket_probe("/till"))
        thread.join()
    assert (result.passed, result.answered) == (False, False)
    assert told in result.answer


def test_a_port_of_another_protocol_is_named(start: Start) -> None:
    """It waits for more, as a database does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port, clients = server.getsockname()[1], []

        def greet() -> None:
            with contextlib.suppress(OSError):
                while True:
                    clients.append(server.accept()[0])
                    clients[-1].sendall(b"SSH-2.0-\x1b[2Jx\r\n")

        threading.Thread(target=greet, daemon=True).start()
        plain, secured = (
            sent(port, websocket_probe(f"{scheme}://localhost/till")) for scheme in ("ws", "wss")
        )
        for client in clients:
            client.close()
    assert plain.answer == "not an HTTP answer (`SSH-2.0-\\x1b[2Jx`)"
    assert "another protocol" in advice(plain.answer)
    assert (secured.answered, secured.answer) == (True, "the port speaks no TLS")


@pytest.mark.parametrize(
    ("status", "hint"),
    [(404, "correct the path"), (200, "no WebSocket"), (401, "Authorization"), (403, "Origin")],
)
def test_what_to_do_about_a_page(status: int, hint: str) -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serve({"/till": page}) as site:
        probe = websocket_probe("/till")
        result = sent(site.port, probe)
    assert result.answered
    assert hint in kind_of(probe).hint(probe, result)


def test_no_server_at_all(start: Start) -> None:
    with serve({}) as site:
        result = sent(site.port, websocket_probe("/till"))
    assert (result.answered, result.answer) == (True, "404 Not Found instead of a WebSocket")
    result = sent(site.port, websocket_probe("/till"))
    assert (result.answered, result.answer) == (False, "connection refused")


@pytest.mark.parametrize(
    ("text", "said"),
    [("till", "ws[s]://"), ("http://shop/till", "ws[s]://"), ("", "ws[s]://")],
)
def test_what_is_no_websocket_probe(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        websocket_probe(text)
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "websockets.sync.client", None)
    with pytest.raises(MissingExtraError) as caught:
        websocket_probe("/till")
    assert "slimmer-images[websocket]" in caught.value.hint
