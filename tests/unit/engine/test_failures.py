"""Whatever comes from an engine's socket, or does not, has a name and an exit code."""

from __future__ import annotations

import ast
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import slimmer.engine.docker
from slimmer.engine import BrokenAnswerError, TimedOutError
from slimmer.engine.docker.client import DockerEngine
from slimmer.engine.docker.failures import refusal
from slimmer.engine.docker.sdk import Client
from slimmer.engine.podman.client import PodmanEngine
from slimmer.errors import (
    EngineOperationError,
    EngineUnreachableError,
    ImageNotFoundError,
    NoSpaceError,
    SlimError,
    UsageError,
)
from tests.unit.engine.conftest import Served, answer, in_pieces

STATE = b'{"Running": true, "ExitCode": 0, "OOMKilled": false, "StartedAt": "a", "FinishedAt": "b"}'
CONTAINER = (
    b'{"Id": "1", "Name": "/a", "Created": "c", "Config": {}, "NetworkSettings": {}, "State": '
    + STATE
    + b"}"
)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (answer(CONTAINER)[:-20], EngineUnreachableError),
        (b"", EngineUnreachableError),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}", EngineUnreachableError),
        (b"\x16\x03\x01 what is this", EngineUnreachableError),
        (answer(CONTAINER.replace(b'"Id"', b'"Ie"')), BrokenAnswerError),
        (answer(CONTAINER.replace(b":", b"b")), BrokenAnswerError),
        (answer(CONTAINER.replace(b'"Created"', b'"Crea\xfeed"')), BrokenAnswerError),
        (answer(b"[]"), BrokenAnswerError),
        (answer(b'{"message": "no"}', "500 Oops"), EngineOperationError),
    ],
)
def test_a_spoiled_answer_is_never_an_internal_error(
    served: Served, said: bytes, error: type[SlimError]
) -> None:
    with pytest.raises(error) as caught:
        served(said).inspect_container("1")
    assert caught.value.message.startswith("cannot inspect the container: ")


def test_what_a_verdict_is_made_of_is_asked_until_it_came_twice(served: Served) -> None:
    garbled = answer(CONTAINER.replace(b'"ExitCode": 0', b'"ExitCode": 8'))
    engine = served(garbled, answer(CONTAINER))
    assert engine.inspect_container("1")["State"]["ExitCode"] == 0


def test_answers_that_never_agree_are_none(served: Served) -> None:
    engine = served(
        *(
            answer(CONTAINER.replace(b'"ExitCode": 0', b'"ExitCode": %d' % number))
            for number in range(9)
        )
    )
    with pytest.raises(BrokenAnswerError, match="cannot be understood"):
        engine.inspect_container("1")


def test_an_image_that_is_not_there(served: Served) -> None:
    engine = served(answer(b'{"message": "No such image: x"}', "404 Not Found"), answer(b"[]"))
    with pytest.raises(ImageNotFoundError, match="x is not in the engine") as caught:
        engine.inspect_image("x")
    assert "docker pull x" in caught.value.hint


def test_similar_names_are_told(served: Served) -> None:
    there = b'[{"RepoTags": ["my-app:1"]}, {"RepoTags": null}, {"RepoTags": ["redis:7"]}]'
    engine = served(answer(b'{"message": "No such image"}', "404 Not Found"), answer(there))
    with pytest.raises(ImageNotFoundError) as caught:
        engine.inspect_image("my-ap")
    assert caught.value.hint == "images with a similar name: my-app:1"


def test_hints_name_the_engines_own_program(served: Served) -> None:
    """Podman is Docker with what it does otherwise."""
    plain = served(answer(b'{"message": "No such image"}', "404 Not Found"), answer(b"[]"))
    podman = PodmanEngine(plain._client, plain.address)
    with pytest.raises(ImageNotFoundError) as caught:
        podman.inspect_image("x")
    assert "podman pull x" in caught.value.hint
    assert "docker" not in caught.value.hint


@pytest.mark.parametrize("name", [".", "a b", "../x"])
def test_what_is_not_a_name_is_not_asked_for(served: Served, name: str) -> None:
    """The engine would take it for another of its resources: `.` for the list of all images."""
    engine = served(answer(b"[]"))
    with pytest.raises(UsageError, match="is not an image name"):
        engine.inspect_image(name)


@pytest.mark.parametrize(
    "said",
    [
        answer(b'{"message": "Error unpacking: write /a: no space left on device"}', "500 Oops"),
        in_pieces(b'{"message": "Error: write /a: no space left on device"}', "500 Oops"),
        in_pieces(b'{"stream": "x"}\r\n{"error": "write /a: no space left on device"}\r\n'),
        in_pieces(b'{"errorDetail": {"message": "write /a: no space left on device"}}\r\n'),
    ],
)
def test_a_full_disk_of_the_engine_is_told_however_it_says_so(served: Served, said: bytes) -> None:
    with pytest.raises(NoSpaceError) as caught:
        served(said).load_image(iter((b"archive",)))
    assert "docker system df" in caught.value.hint


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("network nonet not found", "docker network ls"),
        ("unable to find user nosuch: no matching entries in passwd file", "--user 1000"),
        ("Minimum memory limit allowed is 6MB", "--memory"),
        ("Bind for 127.0.0.1:80 failed: port is already allocated", "a free one"),
        ("listen tcp4 127.0.0.1:80: bind: address already in use", "a free one"),
        ("something else", ""),
    ],
)
def test_what_the_user_has_asked_for_in_vain_comes_with_a_hint(words: str, hint: str) -> None:
    told = refusal("start the container", words).hint
    assert hint in told
    assert bool(hint) == bool(told)


def test_what_the_engine_says_of_a_loaded_image(served: Served) -> None:
    engine = served(in_pieces(b'{"stream": "Loaded image: a"}\r\n{"stream": "\\n"}\r\n'))
    assert engine.load_image(iter((b"archive",))) == "Loaded image: a\n"


def test_every_word_with_the_engine_is_translated() -> None:
    """An exception of the SDK is an internal error wherever it gets through."""
    folder = Path(slimmer.engine.docker.__file__).parent
    bare = []
    for file in sorted(folder.glob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        inside = {
            each
            for node in ast.walk(tree)
            if isinstance(node, ast.With) and any(map(_translates, node.items))
            for each in ast.walk(node)
        }
        bare += [
            f"{file.name}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and _asks(node) and node not in inside
        ]
    assert bare == []


def _translates(item: ast.withitem) -> bool:
    call = item.context_expr
    names = ("translated", "if_possible")
    return isinstance(call, ast.Call) and getattr(call.func, "id", "") in names


def _asks(call: ast.Call) -> bool:
    asked = ast.unparse(call.func)
    return asked.startswith("self._client.") and asked != "self._client.close"


@pytest.mark.parametrize(
    "asked",
    [
        DockerEngine.inspect_container,
        DockerEngine.attach,
        lambda engine, name: engine.has_file(name, "/sensor", Path(__file__)),
    ],
)
def test_a_silent_engine_is_given_up_in_time(
    tmp_path: Path, asked: Callable[[DockerEngine, str], object]
) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "engine.sock"))
        listener.listen()
        address = f"unix://{tmp_path}/engine.sock"
        client = Client(address, version="1.41", timeout=0.2)
        with pytest.raises(TimedOutError, match="did not answer in time"):
            asked(DockerEngine(client, address), "1")
        client.close()


def test_an_engine_that_goes_silent_in_an_answer_is_given_up_in_time(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "engine.sock"))
        listener.listen()
        address = f"unix://{tmp_path}/engine.sock"
        client = Client(address, version="1.41", timeout=0.2)
        answer = iter(DockerEngine(client, address).save_image("1"))
        asked: list[socket.socket] = []

        def begin() -> None:
            asked.append(listener.accept()[0])
            asked[0].recv(4096)
            asked[0].sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n")

        beginning = threading.Thread(target=begin)
        beginning.start()
        assert next(answer) == b"some"
        with pytest.raises(TimedOutError, match="did not answer in time"):
            next(answer)
        beginning.join()
        asked[0].close()
        client.close()
