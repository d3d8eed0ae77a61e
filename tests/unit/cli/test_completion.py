"""What shells complete, as docs/completion.md says: asked as each of them asks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "completion.md"


def slim(instruction: str, **variables: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "slimmer"],
        env={**os.environ, "_SLIM_COMPLETE": instruction, **variables},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    assert f"_SLIM_COMPLETE={shell}_source slim" in PAGE.read_text("utf-8")
    assert f"_SLIM_COMPLETE={shell}_complete" in slim(f"{shell}_source")


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["slim", "pl"], ["plain,plans"]),
        (["slim", "build", "--stra"], ["plain,--strategy"]),
        (["slim", "build", "--strategy", "m"], ["plain,minimal"]),
        (["slim", "build", "--trace-source", ""], ["plain,notify", "plain,fanotify"]),
        (["slim", "build", "--from-trace", "app"], ["file,app"]),
        (["slim", "build", "--report-dir", "out"], ["dir,out"]),
        (["slim", "trace", "st"], ["plain,start", "plain,stop"]),
    ],
)
def test_what_is_completed(words: list[str], completed: list[str]) -> None:
    told = slim("bash_complete", COMP_WORDS="\n".join(words), COMP_CWORD=str(len(words) - 1))
    assert sorted(told.split()) == sorted(completed)
