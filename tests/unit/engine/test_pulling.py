"""What an engine says while it pulls, and what becomes of it. tests/engine/test_push.py has a real
registry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slimmer.errors import PullError, UsageError
from tests.unit.engine.conftest import Served, answer, in_pieces

NAME = "registry.example:5000/team/app:1"


@pytest.fixture(autouse=True)
def no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))


def said(*lines: object) -> bytes:
    return in_pieces("".join(json.dumps(line) + "\r\n" for line in lines).encode())


def test_a_layer_counts_once_though_it_is_unpacked_after_it_came(served: Served) -> None:
    seen: list[tuple[int, int]] = []
    served(
        said(
            {"status": "Downloading", "id": "one", "progressDetail": {"current": 5, "total": 10}},
            {"status": "Extracting", "id": "one", "progressDetail": {"current": 1, "total": 10}},
            {"status": "Downloading", "id": "two", "progressDetail": {"current": 7, "total": 20}},
            {"status": "Digest: sha256:0"},
        )
    ).pull_image(NAME, lambda *numbers: seen.append(numbers))
    assert seen == [(5, 10), (12, 30)]


@pytest.mark.parametrize(
    "answered",
    [
        said({"errorDetail": {"message": "manifest unknown"}, "error": "manifest unknown"}),
        answer(b'{"message": "manifest unknown"}', "404 Not Found"),
    ],
)
def test_what_does_not_come(served: Served, answered: bytes) -> None:
    with pytest.raises(PullError, match="manifest unknown") as caught:
        served(answered).pull_image(NAME, lambda *_: None)
    assert f"docker pull {NAME}" in caught.value.hint


def test_a_name_that_no_image_can_have_is_not_asked_for(served: Served) -> None:
    with pytest.raises(UsageError):
        served(said()).pull_image("Team/../app", lambda *_: None)
