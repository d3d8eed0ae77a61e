"""Steps of plans against real servers and processes of this machine."""

from __future__ import annotations

import contextlib
import http.cookies
import json
import os
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from slimmer.probing import Prober, exercise
from slimmer.probing.form import Upload
from slimmer.probing.kinds import (
    Exchange,
    ExecProbe,
    HostProbe,
    HttpProbe,
    LogProbe,
    SignalProbe,
    TcpProbe,
)
from slimmer.values import Capture, JsonExpectation, Probe, ProbeResult
from tests.unit.probing.explore.crawl.site import serve
from tests.unit.probing.this_machine import ThisMachine


class _Handler(BaseHTTPRequestHandler):
    """Answers with what it was sent, as JSON, and knows who has logged in by a cookie."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        cookies = http.cookies.SimpleCookie(self.headers.get("Cookie", ""))
        said = {
            "path": self.path,
            "headers": dict(self.headers),
            "body": body.decode("latin-1"),
            "cookies": {name: each.value for name, each in cookies.items()},
        }
        data = json.dumps(said).encode()
        self.send_response(200)
        if self.path == "/login":
            self.send_header("Set-Cookie", "session=s1; Path=/; HttpOnly")
            self.send_header("Set-Cookie", "colour=blue; Path=/elsewhere")
        self.send_header("X-Ticket", "t+1")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_address[1]
        running.shutdown()


def run(target: ThisMachine, *steps: Probe) -> list[ProbeResult]:
    """Each step by one prober, as `exercise` would do."""
    prober = Prober(target, probe_timeout=5)
    return list(exercise(prober, steps, ready_limit=5))


def sent(result: ProbeResult) -> dict[str, Any]:
    """What the server says it was sent."""
    assert result.passed, result.answer
    said: dict[str, Any] = json.loads(result.excerpt)
    return said


def test_cookies_carry_over_within_a_plan_only(server: int) -> None:
    steps = [
        HttpProbe(name="login", path="/login", plan="a"),
        HttpProbe(name="page", path="/page", plan="a"),
        HttpProbe(name="other plan", path="/page", plan="b"),
        HttpProbe(name="alone", path="/page"),
    ]
    _, page, *others = run(ThisMachine(server), *steps)
    assert sent(page)["cookies"] == {"session": "s1"}
    assert [sent(other)["cookies"] for other in others] == [{}, {}]


def test_values_go_from_an_answer_to_the_next_request(server: int) -> None:
    target = ThisMachine(server, variables={"APP_MODE": "test", "EMPTY": ""})
    first = HttpProbe(
        name="first",
        path="/first",
        plan="a",
        captures=(
            Capture(name="ticket", source="header", expression="X-Ticket"),
            Capture(name="path", source="json", expression="$.path"),
            Capture(name="word", source="pattern", expression='"path": "/(\\w)'),
        ),
    )
    second = HttpProbe(
        name="second",
        method="POST",
        path="${path}/${word}",
        plan="a",
        headers=(("X-Mode", "${env.APP_MODE} ${env.NONE:-no} ${env.EMPTY:-none} $${plain}"),),
        form=(("ticket", "${ticket}"), ("$${kept}", "${word}")),
        body_pattern="ticket=t%2B1",
    )
    result = run(target, first, second)[1]
    assert result.probe is second
    said = sent(result)
    assert said["path"] == "/first/f"
    assert said["headers"]["X-Mode"] == "test no none ${plain}"


def test_a_value_in_a_pattern_stands_for_itself(server: int) -> None:
    first = HttpProbe(
        name="a", plan="a", captures=(Capture(name="t", source="header", expression="X-Ticket"),)
    )
    second = HttpProbe(name="b", path="/t+1", plan="a", body_pattern="/${t}")
    assert all(result.passed for result in run(ThisMachine(server), first, second))


def test_an_unknown_value_fails_the_step(server: int) -> None:
    first = HttpProbe(name="a", plan="a")
    second = HttpProbe(name="b", path="/${none}", plan="a")
    assert run(ThisMachine(server), first, second)[1].answer == "nothing is known of ${none}"


def test_a_form_with_a_file_is_read_by_another_library(server: int) -> None:
    """email's parser, which knows MIME, finds the parts."""
    import email

    step = HttpProbe(
        name="upload",
        method="POST",
        path="/upload",
        form=(("title", 'a "b"'),),
        files=(Upload(field="f", filename="é\r\n.bin", content=b"\x00--\r\n", content_type="a/b"),),
    )
    said = sent(run(ThisMachine(server), step)[0])
    text = f"Content-Type: {said['headers']['Content-Type']}\r\n\r\n{said['body']}"
    title, file = email.message_from_bytes(text.encode("latin-1")).get_payload()
    assert title.get_payload(decode=True) == b'a "b"'
    assert title.get_param("name", header="Content-Disposition") == "title"
    assert file.get_payload(decode=True) == b"\x00--\r\n"
    assert file.get_content_type() == "a/b"


@pytest.mark.parametrize(
    ("path", "value", "pattern", "complaint"),
    [
        ("$.path", '"/x"', False, ""),
        ("path", '"/x"', False, ""),
        ("$['headers']['Host']", r"^localhost:\d+$", True, ""),
        ("$.path", '"/y"', False, '$.path is "/x", not "/y"'),
        ("$.nothing[0]", "1", False, "the JSON has nothing at $.nothing[0]"),
        ("$.cookies", "{}", False, ""),
        ("$.body", "a", True, '$.body is "", which does not match /a/'),
    ],
)
def test_json_of_an_answer(
    server: int, path: str, value: str, complaint: str, *, pattern: bool
) -> None:
    expected = JsonExpectation(path=path, value=value, is_pattern=pattern)
    (result,) = run(ThisMachine(server), HttpProbe(name="a", path="/x", json=(expected,)))
    assert result.passed is not bool(complaint)
    assert result.answer.endswith(complaint)


class _Greeter(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            self.wfile.write(b"you said " + line[:3])
            self.wfile.write(line[3:] + b"\x00\xff")


@pytest.fixture(scope="module")
def greeter() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Greeter) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_address[1]
        running.shutdown()


def test_an_exchange_over_tcp(greeter: int) -> None:
    step = TcpProbe(
        name="talk",
        plan="a",
        exchanges=(
            Exchange(expect_pattern="^220 ready"),
            Exchange(send=b"tea\n", expect_pattern="you said (t\\w+)"),
            Exchange(send=b"x\n", expect=b"\n\x00\xff"),
        ),
        captures=(Capture(name="word", source="pattern", expression="said (tea)"),),
    )
    (result,) = run(ThisMachine(greeter), step)
    assert result.passed, result.answer
    assert result.captured == (("word", "tea"),)


def test_an_exchange_within_tls(greeter: int) -> None:
    talk = (Exchange(send=b"GET / HTTP/1.0\r\n\r\n", expect_pattern="^HTTP/1.1 200"),)
    with serve({"/": "secret"}, tls=True) as site:
        trusting, careful = (
            Prober(ThisMachine(site.port), probe_timeout=5).once(
                TcpProbe(name="a", tls=True, insecure=insecure, exchanges=talk)
            )
            for insecure in (True, False)
        )
        accepted = TcpProbe(name="a", tls=True, insecure=True)
        assert Prober(ThisMachine(site.port), probe_timeout=5).once(accepted).passed
    assert trusting.passed, trusting.answer
    assert (careful.passed, careful.answered) == (False, True)
    assert careful.answer.startswith("its certificate is not trusted: self-signed")
    plain = Prober(ThisMachine(greeter), probe_timeout=5).once(accepted)
    assert (plain.passed, plain.answer) == (False, "the port speaks no TLS")


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        (Exchange(send=b"a\n", expect_pattern="never"), "no answer in time"),
        (Exchange(expect=b"\x01\x02"), "no answer in time"),
    ],
)
def test_what_does_not_come_over_tcp(greeter: int, exchange: Exchange, said: str) -> None:
    prober = Prober(ThisMachine(greeter), probe_timeout=0.3)
    result = prober.once(TcpProbe(name="a", exchanges=(exchange,)))
    assert (result.passed, result.answer) == (False, said)


def test_a_port_that_is_closed_at_once_or_not_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def refuse() -> None:
            listening.accept()[0].close()

        threading.Thread(target=refuse, daemon=True).start()
        prober = Prober(ThisMachine(port), probe_timeout=5)
        assert prober.once(TcpProbe(name="a")).answer == "the connection was closed at once"
    result = prober.once(TcpProbe(name="a"))
    assert (result.answer, result.answered) == ("connection refused", False)


def test_a_proxy_that_accepts_for_nobody_is_no_answer() -> None:
    """A published port on a busy machine, and the container's own address behind it."""
    with (
        socket.create_server(("127.0.0.1", 0)) as proxy,
        socket.create_server(("127.0.0.1", 0)) as application,
    ):
        places = [proxy.getsockname(), application.getsockname()]

        class Published(ThisMachine):
            def addresses(self, port: int | None) -> list[tuple[str, int]]:
                return places

        prober = Prober(Published(places[0][1]), probe_timeout=5)
        assert prober.once(TcpProbe(name="a")).answer == "connected"
        application.close()
        assert prober.once(TcpProbe(name="a")).answer == "connection refused"


def test_a_command_on_this_machine_knows_the_target(server: int, tmp_path: Path) -> None:
    script = 'echo "$SLIM_TARGET_HOST $SLIM_TARGET_PORT $SLIM_TARGET_URL $WORD ${EMPTY-unset}"; pwd'
    step = HostProbe(
        name="a",
        command=("sh", "-c", script),
        folder=str(tmp_path),
        environment=(("WORD", "tea"), ("EMPTY", "")),
        output_pattern=f"^127.0.0.1 {server} http://127.0.0.1:{server} tea unset\n{tmp_path}\n$",
    )
    (result,) = run(ThisMachine(server), step)
    assert result.passed, result.excerpt


def test_a_command_is_told_of_tls(server: int) -> None:
    step = HostProbe(name="a", command=("sh", "-c", "echo $SLIM_TARGET_URL"), tls=True)
    (result,) = run(ThisMachine(server), step)
    assert result.excerpt == f"https://127.0.0.1:{server}\n"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("ends", [True, False], ids=["at-its-end", "at-its-time-limit"])
def test_a_command_on_this_machine_leaves_nothing_running(tmp_path: Path, *, ends: bool) -> None:
    """Neither a child in the background, nor one in a session of its own, nor a daemon whose
    parent is gone, nor one that hides its environment. The pipe that they hold does not hold up
    the step."""
    script = (
        "sleep 600 & echo $! >>pids; setsid sh -c 'echo $$ >>pids; exec sleep 600' & "
        "setsid sh -c '(sleep 600 & echo $! >>pids)' & "
        "env -i sh -c 'echo $$ >>pids; exec sleep 600' & "
        "until [ $(wc -l <pids) = 4 ]; do sleep 0.02; done; " + ("exit 0" if ends else "sleep 600")
    )
    step = HostProbe(name="a", command=("sh", "-c", script), folder=str(tmp_path), timeout=5)
    started = time.monotonic()
    (result,) = run(ThisMachine(1), step)
    assert result.passed is ends, result
    assert ends or result.answer == "did not end within 5 s"
    assert time.monotonic() - started < 15
    pids = [int(word) for word in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 4
    try:
        assert [pid for pid in pids if alive(pid)] == []
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)


def test_a_command_on_this_machine_ends_with_the_container() -> None:
    started = time.monotonic()
    step = HostProbe(name="a", command=("sleep", "600"), timeout=60)
    (result,) = run(ThisMachine(1, status=137), step)
    assert not result.passed
    assert time.monotonic() - started < 10


def test_a_flood_of_output_is_cut(tmp_path: Path) -> None:
    step = HostProbe(name="a", command=("sh", "-c", "yes | head -c 20000000"))
    assert run(ThisMachine(1), step)[0].passed


def test_log_lines_are_found_one_after_the_other() -> None:
    target = ThisMachine(log=["ready", "reload 1", "reload 2"])
    steps = [LogProbe(name=str(number), pattern="reload", plan="a") for number in range(3)]
    results = run(target, *steps)
    assert [result.excerpt for result in results] == ["reload 1", "reload 2", ""]
    assert not results[2].passed


def test_a_signal_needs_somebody_to_take_it() -> None:
    step = SignalProbe(name="a", signal="SIGHUP")
    target = ThisMachine()
    assert run(target, step)[0].passed
    assert target.signals == ["SIGHUP"]
    assert not run(ThisMachine(status=1), step)[0].passed


def test_steps_side_by_side_meet(tmp_path: Path) -> None:
    """Two commands that wait for each other."""
    os.mkfifo(tmp_path / "pipe")
    steps = [
        ExecProbe(name="first", command=("true",), plan="a", phase="x"),
        ExecProbe(
            name="reads", command=("cat", str(tmp_path / "pipe")), plan="a", phase="x", beside=1
        ),
        ExecProbe(
            name="writes",
            command=("sh", "-c", f"echo met >{tmp_path / 'pipe'}"),
            plan="a",
            phase="x",
            beside=1,
        ),
    ]
    results = run(ThisMachine(), *steps)
    assert [result.passed for result in results] == [True] * 3
    assert results[1].excerpt == "met\n"


def test_a_step_is_repeated_for_as_long_as_it_says(tmp_path: Path) -> None:
    count = ("sh", "-c", "echo >>count; [ $(wc -l <count) -ge 3 ]")
    target = ThisMachine()
    first = ExecProbe(name="ready", command=("true",))
    step = ExecProbe(name="a", command=("sh", "-c", f"cd {tmp_path}; {count[2]}"), within=10)
    result = run(target, first, step)[1]
    assert (result.passed, result.attempts) == (True, 3)
    failing = ExecProbe(name="b", command=("false",), within=0.2)
    result = run(target, first, failing)[1]
    assert not result.passed
    assert result.attempts > 1


def test_phases_and_what_follows_a_failure() -> None:
    def step(name: str, plan: str, phase: str, *, passes: bool = True, **more: Any) -> Probe:
        command = ("true",) if passes else ("false",)
        return ExecProbe(name=name, command=command, plan=plan, phase=phase, **more)

    steps = [
        step("one", "a", "x"),
        step("two", "a", "x"),
        step("three", "a", "y", passes=False, optional=True),
        step("four", "a", "y", passes=False),
        step("five", "a", "z"),
        step("six", "b", "w"),
        ExecProbe(name="alone", command=("true",)),
    ]
    phases: list[str] = []
    prober = Prober(ThisMachine(), probe_timeout=5)
    results = exercise(prober, steps, ready_limit=5, begin=phases.append)
    assert [result.probe.name for result in results] == [
        *("one", "two", "three", "four", "six", "alone")
    ]
    assert phases == ["one", "x", "y", "w", "alone"]
    results = exercise(prober, steps, ready_limit=5, go_on=True)
    assert len(results) == len(steps)


def test_no_process_of_these_tests_is_left() -> None:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert "yes | head" not in listed.stdout
