"""Try slim's commands on engines of other kinds and versions; prints a table in Markdown.

Ends with status 1 where a command did not do what it does on the machine's own engine.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.engines.roots import KINDS, Running, engine
from tests.engines.starting import hand_over

CACHE = Path(__file__).parents[2] / ".build" / "engines"
STATIC, NGINX = "slimmer-samples/static:latest", "slimmer-samples/nginx:latest"
_CHECKED = "slimmer-engines/checked:latest"
_HEALTH = ["CMD", "/server", "--version"]


class Slim:
    """`slim` against one engine."""

    def __init__(self, running: Running, folder: Path) -> None:
        self.running = running
        self._folder = folder

    def __call__(self, *arguments: str, status: int = 0, says: str = "") -> str:
        """What it says on both streams; it must end with `status` and say that."""
        done = subprocess.run(
            self.running.within(sys.executable, "-m", "slimmer", *arguments),
            cwd=self._folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "DOCKER_HOST": self.running.address},
        )  # fmt: skip
        if done.returncode != status or not re.search(says, done.stdout):
            raise AssertionError(f"exit {done.returncode}, wanted {status} {says}\n{done.stdout}")
        return done.stdout


def doctor(slim: Slim) -> None:
    slim("doctor")


def build(slim: Slim) -> None:
    """A server whose user is not root, from scratch."""
    slim("build", STATIC, "--http-probe", "/", says="fidelity +✓")


def build_pair(slim: Slim) -> None:
    """Root's server that writes, and a debug image with a shell."""
    slim("build", NGINX, "--http-probe", "/", says="debug test +✓")


def health(slim: Slim) -> None:
    """HEALTHCHECK stays: by the configuration that the engine gives away."""
    slim("build", _CHECKED, "--http-probe", "/", "--no-debug")
    saved = subprocess.run(
        ["docker", "--host", slim.running.address, "save", f"{_CHECKED}-slim"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    with tarfile.open(fileobj=io.BytesIO(saved)) as tar:
        name = json.load(tar.extractfile("manifest.json"))[0]["Config"]  # type: ignore[arg-type]
        config = json.load(tar.extractfile(name))["config"]  # type: ignore[arg-type]
    assert config["Healthcheck"]["Test"] == _HEALTH, config


def missing_command(slim: Slim) -> None:
    slim("build", STATIC, "--http-probe", "/", "--entrypoint", "/nope", status=10)


def wrong_port(slim: Slim) -> None:
    slim("build", STATIC, "--http-probe", "/", "--port", "99", status=8, says="--port")


def live_trace(slim: Slim) -> None:
    """`trace start`, `trace stop`, and a build from what they saved."""
    started = slim("trace", "start", "--json", "--http-probe", "/", NGINX)
    name = json.loads(started[started.index("{") :])["name"]
    slim("trace", "stop", name, "-o", "t.trace")
    slim("build", NGINX, "--from-trace", "t.trace", "--http-probe", "/")


def why(slim: Slim) -> None:
    slim("why", f"{STATIC}-slim", "/server", says="/server")


def clean(slim: Slim) -> None:
    """And nothing is left of all that ran before."""
    slim("clean")
    assert not slim.running.docker("ps", "--all", "--quiet").strip()
    assert "slimmer-session" not in slim.running.docker("images")


CHECKS: tuple[Callable[[Slim], None], ...] = (
    *(doctor, build, build_pair, health, missing_command, wrong_port, live_trace, why, clean),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    parser.add_argument("engine", nargs="*", metavar="ENGINE", help=", ".join(KINDS))
    names = parser.parse_args().engine or list(KINDS)
    _make_checked()
    CACHE.mkdir(parents=True, exist_ok=True)
    columns = {}
    for name in names:
        with tempfile.TemporaryDirectory(prefix="engine-") as folder:
            columns[name] = _column(name, Path(folder))
    _say(f"| | {' | '.join(columns)} |")
    _say("| --- |" + " --- |" * len(columns))
    for row, check in enumerate(CHECKS):
        cells = [column[row] for column in columns.values()]
        _say(f"| {check.__name__.replace('_', ' ')} | {' | '.join(cells)} |")
    return int(any("✗" in cell for column in columns.values() for cell in column))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _column(name: str, folder: Path) -> list[str]:
    state, work = folder / "state", folder / "work"
    state.mkdir()
    work.mkdir()
    cells = []
    with engine(name, CACHE, state) as running:
        hand_over((STATIC, NGINX, _CHECKED), running.address)
        for check in CHECKS:
            try:
                check(Slim(running, work))
                cells.append("✓")
            except (AssertionError, subprocess.CalledProcessError) as error:
                cells.append("✗")
                _say(f"{name}: {check.__name__}: {error}")
    return cells


def _make_checked() -> None:
    dockerfile = f"FROM {STATIC}\nHEALTHCHECK CMD {json.dumps(_HEALTH[1:])}\n"
    subprocess.run(
        ["docker", "build", "--quiet", "--tag", _CHECKED, "-"],
        input=dockerfile, text=True, stdout=subprocess.DEVNULL, check=True,
        env={**os.environ, "DOCKER_BUILDKIT": "0"},
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
