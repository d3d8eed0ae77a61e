"""The first probe of a run, of whatever kind, is repeated until it passes or its answer is
definite."""

from __future__ import annotations

import dataclasses
import re
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from slimmer.probing import Prober, exercise, healthcheck_probe
from slimmer.probing.kinds import (
    KINDS,
    Exchange,
    ExecProbe,
    HostProbe,
    HttpProbe,
    Kind,
    LogProbe,
    ReplayProbe,
    SignalProbe,
    TcpProbe,
)
from slimmer.values import HttpRequest, Probe, ProbeResult
from tests.unit.probing.explore.crawl.site import serve
from tests.unit.probing.this_machine import Patient, ThisMachine

DOCS = Path(__file__).parents[3] / "docs" / "plans.md"
LATE = 0.3
"""Seconds until the application is ready."""


def ready(probe: Probe, target: ThisMachine, *, limit: float = 10) -> ProbeResult:
    return Prober(target, probe_timeout=5).until_ready(probe, limit=limit)


@pytest.fixture
def late_port() -> Iterator[int]:
    """A port on which a server says `starting` to its first client, and nobody listens before."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))

        def serve_late() -> None:
            time.sleep(LATE)
            server.listen()
            for greeting in (b"starting\n", b"ready\n"):
                client, _ = server.accept()
                with client:
                    client.sendall(greeting)

        thread = threading.Thread(target=serve_late)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_a_tcp_exchange_is_repeated_through_refusals_and_early_answers(late_port: int) -> None:
    probe = TcpProbe(name="tcp", exchanges=(Exchange(expect_pattern="ready"),))
    result = ready(probe, Patient(late_port))
    assert result.passed, result.answer
    assert result.attempts > 2
    assert result.seconds >= LATE


@pytest.mark.parametrize("settled", [False, True])
def test_an_application_at_work_is_waited_for_longer(settled: bool, late_port: int) -> None:
    """Migrations on a busy machine: they are no reason to give up, silence is."""
    target = Patient(late_port)
    target.settled = settled
    probe = TcpProbe(name="tcp", exchanges=(Exchange(expect_pattern="ready"),))
    prober = Prober(target, probe_timeout=5)
    result = prober.until_ready(probe, limit=LATE / 3, busy_limit=10)
    if settled:
        assert not result.passed
        ready(probe, Patient(late_port))  # which ends the server
    assert result.passed is not settled


@pytest.mark.parametrize("kind", [ExecProbe, HostProbe])
def test_a_command_that_fails_is_repeated(
    kind: type[ExecProbe | HostProbe], tmp_path: Path
) -> None:
    counted = tmp_path / "attempts"
    command = ("sh", "-c", f"echo >> {counted}; test $(wc -l < {counted}) -ge 3")
    result = ready(kind(name="late", command=command), Patient())
    assert result.passed, result.answer
    assert result.attempts == 3


def test_who_waits_is_told_what_is_answered_meanwhile() -> None:
    answers = iter([503, 502, 200])

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(next(answers))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    told: list[ProbeResult] = []
    with serve({"/": page}) as site:
        prober = Prober(Patient(site.port), probe_timeout=5)
        exercise(prober, [HttpProbe(name="GET /")], ready_limit=10, failed=told.append)
    assert [each.answer[:3] for each in told] == ["503", "502"]


@pytest.mark.parametrize("kind", [ExecProbe, HostProbe])
def test_a_command_that_cannot_be_run_is_not(kind: type[ExecProbe | HostProbe]) -> None:
    result = ready(kind(name="missing", command=("sh", "-c", "exit 127")), Patient())
    assert (result.passed, result.attempts, result.exit_status) == (False, 1, 127)


def test_a_line_of_the_log_is_waited_for() -> None:
    target = Patient()
    threading.Timer(LATE, target.log.append, ("ready to serve",)).start()
    result = ready(LogProbe(name="log", pattern="ready"), target)
    assert result.passed, result.answer
    assert result.attempts > 1


@pytest.mark.parametrize("kind", ["http", "replay"])
def test_over_http_it_is_repeated_until_there_is_an_answer(kind: str) -> None:
    answers = iter([503, 502, 200])

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(next(answers))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    probe: Probe = HttpProbe(name="GET /")
    if kind == "replay":
        probe = ReplayProbe(name="crawl", requests=(HttpRequest(),))
    with serve({"/": page}) as site:
        result = ready(probe, Patient(site.port))
    assert result.passed, result.answer
    assert result.attempts == 3


@pytest.mark.parametrize("settled", [False, True])
def test_an_application_that_still_starts_may_say_that_it_failed(*, settled: bool) -> None:
    """As one whose data base is not up yet. One that has settled would say so for ever."""
    answers = iter([500, 500, 200])

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(next(answers))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serve({"/": page}) as site:
        result = ready(HttpProbe(name="GET /"), Patient(site.port, settled=settled))
    assert result.passed is not settled
    assert result.attempts == (1 if settled else 3)
    assert result.faulty, "finished images may say the same"


@pytest.mark.parametrize("settled", [False, True])
def test_a_port_that_is_there_first_may_not_be_the_one_that_is_meant(*, settled: bool) -> None:
    """As one for metrics, which knows no such page, while the application still starts."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serve({}) as metrics, serve({"/app": page}) as late:
        target = Patient(metrics.port, others=(1,), settled=settled)

        def begin(_: ProbeResult) -> None:
            target.others = (late.port,)

        prober = Prober(target, probe_timeout=5)
        probe = HttpProbe(name="GET /app", path="/app")
        result = prober.until_ready(probe, limit=10, failed=begin)
    assert result.passed is not settled
    assert result.attempts == (1 if settled else 2)


def test_an_answer_over_http_is_definite_unless_the_step_says_how_long_it_may_be_wrong() -> None:
    answers = iter([404, 404, 404, 200])

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(next(answers))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serve({"/": page}) as site:
        result = ready(HttpProbe(name="GET /"), Patient(site.port))
        assert (result.passed, result.attempts, result.answer[:3]) == (False, 1, "404")
        result = ready(HttpProbe(name="GET /", within=60), Patient(site.port))
    assert result.passed, result.answer
    assert result.attempts == 3


def test_the_end_of_the_container_ends_it() -> None:
    for probe in (
        SignalProbe(name="signal HUP", signal="SIGHUP"),
        TcpProbe(name="tcp"),
        HostProbe(name="host", command=("false",)),
    ):
        result = ready(probe, Patient(status=1))
        assert (result.passed, result.attempts) == (False, 1)


@pytest.mark.parametrize(
    "probe",
    [
        HttpProbe(name="GET /"),
        TcpProbe(name="tcp", exchanges=(Exchange(expect_pattern="ready"),)),
        ReplayProbe(name="crawl", requests=(HttpRequest(),)),
    ],
    ids=lambda probe: str(probe.kind),
)
def test_nobody_waits_for_the_answer_of_a_command_that_has_ended(probe: Probe) -> None:
    """As a process does that is held at its end: its connections stay open."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        target = Patient(server.getsockname()[1])
        threading.Timer(LATE, setattr, (target, "status", 7)).start()
        result = Prober(target, probe_timeout=30).in_time(dataclasses.replace(probe, within=30))
    assert result.answer == "the container's command has ended with status 7"
    assert result.seconds < 5
    assert result.attempts == 1


def test_an_answer_that_was_given_before_the_end_counts() -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        target.status = 0
        time.sleep(LATE)
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    target = Patient()
    with serve({"/": page}) as site:
        target.served = site.port
        assert Prober(target, probe_timeout=5).in_time(HttpProbe(name="GET /")).passed


def test_an_attempt_that_the_end_cuts_short_hides_no_answer(tmp_path: Path) -> None:
    second = f"test -e {tmp_path}/first && sleep 30; touch {tmp_path}/first; exit 7"
    probe = HostProbe(name="host", command=("sh", "-c", second))
    result = ready(probe, Patient(), limit=3)
    assert (result.attempts, result.answer) == (2, "exit status 7")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))
def test_every_kind_that_users_write_is_described(kind: Kind[Any]) -> None:
    assert dataclasses.is_dataclass(kind.probe)
    if kind.keys is not None:
        assert re.search(rf"^### .*\b{kind.name}\b", DOCS.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("check", "seconds"),
    [({}, 10.0), ({"Interval": 2_000_000_000, "Retries": 2, "StartPeriod": 10**9}, 3.0)],
)
def test_a_healthcheck_may_fail_as_long_as_the_engine_lets_it(
    check: dict[str, int], seconds: float
) -> None:
    probe = healthcheck_probe({"Healthcheck": {"Test": ["CMD", "/check"], **check}})
    assert probe is not None
    assert probe.within == seconds


def test_a_port_known_to_speak_http_is_asked_for_nothing_else_while_it_starts() -> None:
    """The engine's proxy takes connections and closes them until the application listens. To look
    then what else the port speaks takes up to 3 s, and gives the application what it cannot read.
    """
    asked: list[bytes] = []

    def serve_behind_a_proxy(server: socket.socket) -> None:
        for number in range(3):
            client, _ = server.accept()
            with client:
                asked.append(client.recv(1000))
                if number == 2:
                    client.sendall(b"HTTP/1.0 200 OK\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        thread = threading.Thread(target=serve_behind_a_proxy, args=(server,))
        thread.start()
        prober = Prober(Patient(server.getsockname()[1]), probe_timeout=5, explained=False)
        result = prober.until_ready(HttpProbe(name="GET /", path="/"), limit=10)
        thread.join()
    assert result.passed, result.answer
    assert result.attempts == 3
    assert [words.split()[:2] for words in asked] == [[b"GET", b"/"]] * 3
