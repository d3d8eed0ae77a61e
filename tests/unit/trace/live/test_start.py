"""The process that keeps a live trace: what is on its command line, and what is not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from slimmer.errors import UsageError
from slimmer.trace.live import start_trace

STAND_IN = """#!{python}
import json, sys
told = json.dumps([sys.argv[1:], json.load(sys.stdin)])
print(json.dumps({{"error": {{"exit_code": 2, "message": told, "hint": "", "details": ""}}}}))
"""


def test_values_of_variables_are_in_no_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which everybody on the machine can read."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    stand_in = tmp_path / "python"
    stand_in.write_text(STAND_IN.format(python=sys.executable))
    stand_in.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stand_in))
    with pytest.raises(UsageError) as told:
        start_trace("shop:1", "shop", lambda _: ["trace", "start", "shop:1", "-e", "KEY=secret"])
    command, arguments = json.loads(told.value.message)
    assert command == ["-m", "slimmer", "-"]
    assert arguments == ["trace", "start", "shop:1", "-e", "KEY=secret"]


def test_slim_takes_its_arguments_from_stdin() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "slimmer", "-"],
        input=json.dumps(["--version"]), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.startswith("slim, version")
