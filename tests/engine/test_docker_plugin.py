"""`docker slim …`, by the docker command itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from slimmer import __version__

pytestmark = pytest.mark.engine


def test_docker_finds_and_runs_it(tmp_path: Path) -> None:
    plugin = tmp_path / "cli-plugins" / "docker-slim"
    plugin.parent.mkdir()
    plugin.write_text(f"#!{sys.executable}\nfrom slimmer.cli import main\nmain()\n")
    plugin.chmod(0o755)

    def run(*words: str) -> str:
        environment = {**os.environ, "DOCKER_CONFIG": str(tmp_path)}
        told = subprocess.run(
            ["docker", *words], env=environment, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stderr
        return told.stdout

    assert run("slim", "--version") == f"slim, version {__version__}\n"
    assert "done" in run("-H", "unix:///nowhere.sock", "slim", "help", "exit-codes")
    assert "slim*" in run("--help")
