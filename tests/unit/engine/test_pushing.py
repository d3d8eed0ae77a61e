"""What an engine says while it pushes, and what becomes of it. tests/engine/test_push.py has a real
registry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slimmer.errors import PushBrokenError, PushRefusedError, SlimError
from tests.unit.engine.conftest import Served, answer, in_pieces

NAME = "registry.example:5000/team/app:1"
DIGEST = "sha256:" + "a" * 64


@pytest.fixture(autouse=True)
def no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))


def said(*lines: object) -> bytes:
    return in_pieces("".join(json.dumps(line) + "\r\n" for line in lines).encode())


def test_progress_is_told_of_all_layers_together(served: Served) -> None:
    seen: list[tuple[int, int]] = []
    engine = served(
        said(
            {"status": "Preparing", "id": "one", "progressDetail": {}},
            {"status": "Pushing", "id": "one", "progressDetail": {"current": 5, "total": 10}},
            {"status": "Pushing", "id": "two", "progressDetail": {"current": 30, "total": 20}},
            {"status": "Pushed", "id": "one", "progressDetail": {}},
            {"aux": {"Tag": "1", "Digest": DIGEST, "Size": 1}, "progressDetail": {}},
        )
    )

    assert engine.push_image(NAME, lambda *numbers: seen.append(numbers)) == DIGEST
    assert seen == [(5, 10), (35, 40)]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("unauthorized: authentication required", PushRefusedError),
        ("no basic auth credentials", PushRefusedError),
        ("denied: requested access to the resource is denied", PushRefusedError),
        ("unknown: quota exceeded", PushRefusedError),
        ("received unexpected HTTP status: 403 Forbidden", PushRefusedError),
        ("received unexpected HTTP status: 503 Service Unavailable", PushBrokenError),
        ("Get https://registry.example:5000/v2/: dial tcp: connection refused", PushBrokenError),
        ("EOF", PushBrokenError),
    ],
)
def test_a_registry_that_says_no_is_another_matter_than_one_that_is_not_reached(
    served: Served, words: str, error: type[SlimError]
) -> None:
    engine = served(said({"errorDetail": {"message": words}, "error": words}))
    with pytest.raises(error) as caught:
        engine.push_image(NAME, lambda *_: None)
    assert words in caught.value.message
    assert f"docker push {NAME}" in caught.value.hint
    assert "in the engine" in caught.value.hint


def test_podman_tells_of_the_digest_in_words(served: Served) -> None:
    engine = served(
        said(
            {"status": f"The push refers to repository [{NAME}]"},
            {"status": f"1: digest: {DIGEST} size: 751"},
        )
    )
    assert engine.push_image(NAME, lambda *_: None) == DIGEST


def test_podman_refuses_in_words_of_its_own(served: Served) -> None:
    words = "pinging container registry: http: server gave HTTP response to HTTPS client"
    body = json.dumps({"errorDetail": {"message": words}, "error": words}).encode()
    with pytest.raises(PushBrokenError) as caught:
        served(answer(body, "500 Internal Server Error")).push_image(NAME, lambda *_: None)
    assert words in caught.value.message
    assert "registry.example:5000 speaks HTTP without TLS" in caught.value.hint
    assert "registries.conf" in caught.value.hint


@pytest.mark.parametrize(
    "answered",
    [
        said({"status": "Preparing", "id": "one"}),
        said({"status": "Preparing", "id": "one"})[:-30],
        in_pieces(b"what is this"),
        answer(b'{"message": "no such image"}', "404 Not Found"),
        b"",
    ],
)
def test_an_engine_that_breaks_off(served: Served, answered: bytes) -> None:
    with pytest.raises(PushBrokenError):
        served(answered).push_image(NAME, lambda *_: None)


def test_a_credential_helper_that_is_not_there(tmp_path: Path, served: Served) -> None:
    helpers = {"credHelpers": {"registry.example:5000": "not-installed"}}
    (tmp_path / "config.json").write_text(json.dumps(helpers))
    with pytest.raises(PushRefusedError, match=r"credentials for registry.example:5000"):
        served(said()).push_image(NAME, lambda *_: None)
