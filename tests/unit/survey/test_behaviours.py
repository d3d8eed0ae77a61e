"""Lists of held-out behaviours are read strictly: a misspelt word must not make a test vanish."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.survey.behaviour import (
    Ask,
    FormatError,
    Log,
    Restart,
    Signal,
    Stop,
    read_behaviours,
)
from tests.survey.survey import sample_folders


def read(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "held_out.yaml").write_text(text)
    return tuple(behaviour.name for behaviour in read_behaviours(folder))


@pytest.mark.parametrize("folder", sample_folders(), ids=lambda folder: folder.name)
def test_the_lists_of_the_samples_are_read(folder: Path) -> None:
    assert read_behaviours(folder)


def test_a_folder_without_a_list_has_no_behaviours(tmp_path: Path) -> None:
    assert read_behaviours(tmp_path) == ()


def test_steps_keep_their_order_and_ask_for_a_container_of_their_own(tmp_path: Path) -> None:
    read(
        tmp_path,
        """
        - {name: plain, http: /}
        - name: everything
          steps:
            - signal: HUP
            - log: reloaded
            - http: {path: /, retry: true}
            - restart: true
            - stop: {exit_status: 3}
        """,
    )
    plain, everything = read_behaviours(tmp_path)
    assert not plain.needs_own_container
    assert everything.needs_own_container
    signal, log, ask, restart, stop = everything.steps
    assert signal == Signal(name="HUP")
    assert log == Log(pattern="reloaded")
    assert isinstance(ask, Ask)
    assert ask.retry
    assert restart == Restart()
    assert stop == Stop(exit_status=3)


@pytest.mark.parametrize(
    "item",
    [
        "{name: a, htp: /}",
        "{name: a}",
        "{name: a, http: /, exec: ls}",
        "{name: a, http: /, run: {usr: x}}",
        "{name: a, steps: [{sleep: 1}]}",
        "{name: a, ends: {status: 0}}",
        "{name: a, http: {path: /, body_patern: x}}",
        "{name: a, exec: {command: [ls], exit_code: 0}}",
        "{name: a, steps: []}",
    ],
)
def test_what_nobody_understands_is_an_error(tmp_path: Path, item: str) -> None:
    with pytest.raises(FormatError):
        read(tmp_path, f"- {item}")


def test_a_name_stands_for_one_behaviour(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="more than one of a"):
        read(tmp_path, "[{name: a, http: /}, {name: a, http: /b}]")
