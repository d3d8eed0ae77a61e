"""gRPC probes against a real server on loopback."""

from __future__ import annotations

import dataclasses
import json
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
from slimmer.probing.kinds import GrpcProbe, grpc_probe, kind_of
from slimmer.values import Capture, JsonExpectation, ProbeResult, Verdict
from slimmer.verify.compare import compare
from tests.servers.grpc_shop import Shop, descriptor_set
from tests.unit.probing.explore.crawl.site import CERTIFICATE, serve
from tests.unit.probing.plan_step import only_step
from tests.unit.probing.this_machine import Patient

Start = Callable[..., Shop]
TEA = '{"lines": [{"itemCount": "1", "text": "tea"}]}'


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers, which end with the test."""
    (tmp_path / "1").write_text("tea")
    running = []

    def begin(**options: Any) -> Shop:
        running.append(Shop(tmp_path, **options))
        return running[-1]

    yield begin
    for shop in running:
        shop.server.stop(None)


def sent(port: int, probe: GrpcProbe, **limits: Any) -> ProbeResult:
    return Prober(Patient(port), probe_timeout=5).once(probe, **limits)


def step(port: int, tmp_path: Path, text: str) -> ProbeResult:
    """What a plan's only step gets."""
    probe = only_step(tmp_path, "grpc", text)
    assert isinstance(probe, GrpcProbe)
    return sent(port, probe)


@pytest.mark.parametrize("place", ["/", "/shop.Cart", "grpc://shop.example/shop.Cart"])
def test_the_health_of_the_server_and_of_a_service(start: Start, place: str) -> None:
    result = sent(start().port, grpc_probe(place))
    assert (result.passed, result.answer) == (True, "SERVING")


def test_health_is_waited_for(start: Start) -> None:
    shop = start(serving=False)
    threading.Timer(0.3, shop.set_serving, (True,)).start()
    prober = Prober(Patient(shop.port), probe_timeout=5)
    result = prober.until_ready(grpc_probe("/shop.Cart"), limit=10)
    assert result.passed
    assert result.attempts > 1


def test_a_server_that_comes_late_is_waited_for(start: Start) -> None:
    gone = start()
    gone.server.stop(None).wait()
    threading.Timer(0.3, start, kwargs={"port": gone.port}).start()
    result = Prober(Patient(gone.port), probe_timeout=5).until_ready(grpc_probe("/"), limit=10)
    assert result.passed, result.answer
    assert result.attempts > 1


def test_a_service_without_a_health_is_definite(start: Start) -> None:
    result = sent(start().port, grpc_probe("/shop.Till"))
    assert (result.passed, result.answered) == (False, True)
    assert result.answer.startswith("NOT_FOUND")


def test_a_call_by_reflection(start: Start) -> None:
    result = sent(start().port, grpc_probe('/shop.Cart/Get {"id": 1}'))
    assert result.passed, result.answer
    assert json.loads(result.excerpt) == json.loads(TEA)


def test_a_call_by_a_descriptor_set_without_reflection(start: Start, tmp_path: Path) -> None:
    port = start(reflects=False).port
    (tmp_path / "shop.binpb").write_bytes(descriptor_set())
    text = "{path: /shop.Cart/Get, message: {id: 1, since: '2026-01-02T03:04:05Z'}"
    result = step(port, tmp_path, f"{text}, descriptors: shop.binpb}}")
    assert result.passed, result.answer
    assert json.loads(result.excerpt)["since"] == "2026-01-02T03:04:05Z"
    result = step(port, tmp_path, f"{text}}}")
    assert (result.passed, result.answered) == (False, True)
    assert "no reflection" in result.answer
    assert "descriptors" in result.answer


def test_what_a_step_expects_and_takes(start: Start, tmp_path: Path) -> None:
    port = start().port
    result = step(
        port,
        tmp_path,
        "{path: /shop.Cart/Get, message: {id: 1}, headers: {X-Greeting: 'hot '},"
        " json: {'$.lines[0].text': hot tea}, capture: {text: {json: '$.lines[0].text'},"
        " shelf: {header: x-shelf}}}",
    )
    assert result.passed, result.answer
    assert dict(result.captured) == {"text": "hot tea", "shelf": "top"}
    result = step(port, tmp_path, "{path: /shop.Cart/Get, message: {id: 7}, status: NOT_FOUND}")
    assert (result.passed, result.answer) == (True, "NOT_FOUND: there is no item 7")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('/shop.Cart/Get {"id": 7}', "NOT_FOUND: there is no item 7"),
        ('/shop.Cart/Get {"colour": 1}', "is not a shop.Item"),
        ("/shop.Cart/Take", "shop.Cart has no method Take; it has Get, Watch"),
        ("/shop.Till/Open", "the server has no service shop.Till; it has "),
        ("/shop.Cart/Watch", "is a stream"),
    ],
)
def test_why_a_call_fails(start: Start, text: str, said: str) -> None:
    result = sent(start().port, grpc_probe(text))
    assert (result.passed, result.answered) == (False, True)
    assert said in result.answer


def test_values_go_into_messages(start: Start) -> None:
    probe = dataclasses.replace(
        grpc_probe('/shop.Cart/Get {"id": "${number}"}'),
        plan="p",
        captures=(Capture(name="number", source="pattern", expression=r"\d"),),
        json=(JsonExpectation(path="$.lines[0].itemCount", value='"1"'),),
    )
    prober = Prober(Patient(start().port), probe_timeout=5)
    first = dataclasses.replace(probe, message='{"id": 1}', json=())
    assert prober.once(first).captured == (("number", "1"),)
    result = prober.once(probe)
    assert result.passed, result.answer


def test_answers_are_compared(start: Start, tmp_path: Path) -> None:
    probe = grpc_probe('/shop.Cart/Get {"id": 1}')
    port = start().port
    answers = [sent(port, probe).answered_with for _ in range(3)]
    (tmp_path / "1").write_text("coffee")
    answers.append(sent(port, probe).answered_with)
    (tmp_path / "1").unlink()
    answers.append(sent(port, probe).answered_with)
    *references, same, other, none = [each for each in answers if each is not None]
    assert compare(references, same).verdict is Verdict.SAME
    assert [each.part for each in compare(references, other).differences] == ["message"]
    parts = {each.part for each in compare(references, none).differences}
    assert {"status", "message", "metadata X-Shelf"} <= parts


def test_tls(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    port = start(certificate=CERTIFICATE.read_bytes()).port
    result = sent(port, grpc_probe("/"))
    assert (result.passed, result.answered) == (False, True)
    assert result.answer == "the port speaks TLS: ask for grpcs://"
    secured = grpc_probe("grpcs://localhost/")
    result = sent(port, secured)
    assert (result.passed, result.answered) == (False, True)
    assert "its certificate is not trusted" in result.answer
    assert sent(port, secured.with_any_certificate()).passed
    other = grpc_probe("grpcs://shop.example/")
    assert sent(port, other.with_any_certificate()).passed
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert sent(port, secured).passed
    assert "its certificate is not trusted" in sent(port, other).answer


def test_no_grpc_is_not_ready(start: Start) -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()

    with serve({"/": page}) as site:
        result = sent(site.port, grpc_probe("/"))
    assert (result.passed, result.answered) == (False, False)
    assert result.answer == "the port speaks no HTTP/2, which gRPC needs"
    assert "--port" in advice(result.answer)
    result = sent(start(certificate=b"").port, grpc_probe("grpcs://localhost/"))
    assert (result.passed, result.answer) == (False, "the port speaks no TLS")
    with socket.create_server(("127.0.0.1", 0)) as server:
        silent = server.getsockname()[1]
        probe = grpc_probe("/")
        result = Prober(Patient(silent), probe_timeout=0.5).once(probe)
    assert (result.answered, result.answer) == (False, "no answer in time")
    assert sent(silent, probe).answer == "connection refused"


def test_what_to_do_about_a_service_that_is_not_there(start: Start) -> None:
    probe = grpc_probe("/no.Such")
    result = sent(start().port, probe)
    assert not result.passed
    assert "health of the whole server" in kind_of(probe).hint(probe, result)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shop.Cart", "address"),
        ("http://shop/", "address"),
        ("/a/b/c", "/SERVICE/METHOD"),
        ("/shop.Cart/Get [1]", "a JSON object"),
        ("/shop.Cart/Get {", "a JSON object"),
        ("/shop.Cart {}", "takes no message"),
    ],
)
def test_what_is_no_grpc_probe(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        grpc_probe(text)
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "grpc", None)
    with pytest.raises(MissingExtraError) as caught:
        grpc_probe("/")
    assert "slimmer-images[grpc]" in caught.value.hint
