"""Whose a session is, and whether that process still runs; failures by their own names."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from slimmer.engine import (
    Session,
    connect,
    end_owner,
    owner,
    owner_is_alive,
    session_is_alive,
)
from slimmer.engine.ownership import new_session
from slimmer.errors import (
    EngineOperationError,
    EngineUnreachableError,
    ImageNotFoundError,
    NoSpaceError,
    SlimError,
    UsageError,
)
from slimmer.remains import all_remains, settle


def test_this_process_lives() -> None:
    assert owner_is_alive(owner()) is True
    assert session_is_alive(new_session()) is True


def test_a_process_that_ended() -> None:
    program = "from slimmer.engine import owner; print(owner())"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert owner_is_alive(ended.stdout.strip()) is False


def test_a_number_that_another_process_has_by_now() -> None:
    boot, namespace, number, started = owner().split("/")
    assert owner_is_alive(f"{boot}/{namespace}/{number}/{int(started) - 1000}") is False


def test_another_pid_namespace_cannot_be_seen_from_here() -> None:
    """As in the containers of a CI system that share one engine: the same number may be anybody."""
    boot, namespace, _number, started = owner().split("/")
    assert owner_is_alive(f"{boot}/{int(namespace) + 1}/999999999/{started}") is None
    pid, place, secret = new_session().split("-")
    assert session_is_alive(f"{pid}-{'0' * 8}-{secret}") is None
    assert session_is_alive(f"999999999-{place}-{secret}") is False
    program = (
        "from slimmer.engine import owner_is_alive; import sys; print(owner_is_alive(sys.argv[1]))"
    )
    command = [sys.executable, "-c", program, owner()]
    assert subprocess.check_output(command, text=True) == "True\n"
    unshare = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]
    apart = subprocess.run([*unshare, *command], capture_output=True, text=True, check=False)
    if "unshare" in apart.stderr:
        pytest.skip(f"no namespaces here: {apart.stderr}")
    assert apart.stdout == "None\n"


def test_what_a_slimmer_of_before_wrote() -> None:
    boot = owner().partition("/")[0]
    assert owner_is_alive(f"{boot}/{os.getpid()}/1795956209.13") is None
    assert session_is_alive(f"{os.getpid()}-0123abcd") is None


def test_a_process_is_asked_to_end() -> None:
    """It stays a zombie, since its parent, this process, has not asked for it."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        text = owner(process.pid)
        assert owner_is_alive(text) is True
        assert end_owner(text, 30) is True
        assert owner_is_alive(text) is False
    assert process.returncode == -signal.SIGTERM


def test_a_process_that_does_not_want_to_end() -> None:
    program = "import signal; signal.signal(15, signal.SIG_IGN); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert end_owner(owner(process.pid), 0.1) is False
        process.kill()


def test_a_number_that_no_process_has() -> None:
    with pytest.raises(UsageError, match="no process 999999999"):
        owner(999999999)


@pytest.mark.parametrize("text", ["another-machine/1/1/1", "", "no owner at all", "a/b/c/d"])
def test_what_this_machine_cannot_know(text: str) -> None:
    """`slim clean` leaves it alone."""
    assert owner_is_alive(text) is None


class Refusing(BaseHTTPRequestHandler):
    """An engine that answers each image by the status and words in its name."""

    def do_GET(self) -> None:
        if self.path in ("/version", "/_ping"):
            self._answer(200, '{"ApiVersion": "1.41"}')
            return
        name = self.path.partition("/images/")[2].partition("/")[0]
        status, _, words = name.partition("-")
        if not status.isdigit():
            self._answer(200, "[]")
            return
        self._answer(int(status), f'{{"message": "{words.replace("_", " ")}"}}')

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"tcp://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("DOCKER_HOST", address)
        yield address
        server.shutdown()


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("404-no_such_image", ImageNotFoundError),
        ("500-write_x:_no_space_left_on_device", NoSpaceError),
        ("500-something_else", EngineOperationError),
    ],
)
def test_each_failure_of_an_engine_has_its_name(
    refusing: str, name: str, error: type[SlimError]
) -> None:
    engine = connect()
    try:
        with pytest.raises(error) as raised:
            engine.inspect_image(name)
        assert type(raised.value) is error
    finally:
        engine.close()


def test_an_engine_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(EngineUnreachableError, match=r"tcp://127\.0\.0\.1:1"):
        connect()


class Hanging(BaseHTTPRequestHandler):
    """An engine that makes containers, and answers nothing else until it is let go."""

    let_go = threading.Event()

    def do_POST(self) -> None:
        Refusing._answer(self, 201, '{"Id": "c0ffee"}')  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path in ("/version", "/_ping"):
            Refusing._answer(self, 200, '{"ApiVersion": "1.41"}')  # type: ignore[arg-type]
        else:
            self.let_go.wait(60)

    def do_DELETE(self) -> None:
        self.let_go.wait(60)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_clean_up_ends_although_the_engine_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slimmer.interruption.BUDGET", 7.0)
    with ThreadingHTTPServer(("127.0.0.1", 0), Hanging) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.server_port}")
        engine = connect()
        session = Session(engine)
        session.create_container("target", {"Image": "x"})
        name = session.image_name("slim")
        begun = time.monotonic()
        session.close()
        assert time.monotonic() - begun < 7
        assert [each.what for each in session.remains()] == [
            "container c0ffee (target)",
            f"image {name}",
        ]
        assert {*session.remains()} <= {*all_remains()}
        Hanging.let_go.set()
        settle_by_force(session)
        engine.close()
        server.shutdown()


def settle_by_force(session: Session) -> None:
    """So that the process of the tests does not try at its end."""
    session._seen = ()
    settle(session)
