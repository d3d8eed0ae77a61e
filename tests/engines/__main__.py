"""Try slim's commands on engines of other kinds and versions; prints a table in Markdown.

Ends with status 1 where a command did not do what it does on the machine's own engine.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.engines.registry import registry
from tests.engines.roots import KINDS, Running, engine
from tests.engines.starting import hand_over

CACHE = Path(__file__).parents[2] / ".build" / "engines"
STATIC, NGINX = "slimmer-samples/static:latest", "slimmer-samples/nginx:latest"
BASE = "slimmer-samples/distroless-base:latest"
_CHECKED = "slimmer-engines/checked:latest"
_HARDENED = "slimmer-engines/hardened:slim"
_ELSEWHERE = "elsewhere"
"""The folder of that image's report."""
_HEALTH = ["CMD", "/server", "--version"]
_TESTS = {
    "schemaVersion": "2.0.0",
    "fileExistenceTests": [{"name": "server", "path": "/server", "shouldExist": True}],
    "commandTests": [
        {"name": "version", "command": "/server", "args": ["--version"], "exitCode": 2}
    ],
}


class Slim:
    """`slim` against one engine."""

    def __init__(self, running: Running, state: Path) -> None:
        """`state` is the engine's; commands run in its `work`."""
        self.running = running
        self.folder = state / "work"
        self._state = state

    def __call__(self, *arguments: str, status: int = 0, says: str = "", **variables: str) -> str:
        """What it says on both streams; it must end with `status` and say that."""
        done = subprocess.run(
            self.running.within(sys.executable, "-m", "slimmer", *arguments),
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "DOCKER_HOST": self.running.address, **variables},
        )  # fmt: skip
        if done.returncode != status or not re.search(says, done.stdout):
            raise AssertionError(f"exit {done.returncode}, wanted {status} {says}\n{done.stdout}")
        return done.stdout

    def answers_hardened(self, report: str) -> None:
        """A container of that report's hardened-run.sh answers, and may not do much else."""
        script = self.folder / report / "hardened-run.sh"
        container = self.running.script(script, self._state, "--detach").strip()
        docker = self.running.docker
        try:
            settings = json.loads(docker("inspect", container))[0]
            status = Path(f"/proc/{settings['State']['Pid']}/status").read_text()
            address = settings["NetworkSettings"]["IPAddress"] or next(
                each["IPAddress"] for each in settings["NetworkSettings"]["Networks"].values()
            )
            asking = self.running.within("curl", "-sS", "--retry", "20", "--retry-connrefused")
            url = f"http://{address}/health"
            asked = subprocess.run([*asking, url], capture_output=True, text=True, check=False)
            assert asked.stdout.startswith("ok"), (asked, docker("logs", container))
        finally:
            docker("rm", "--force", "--volumes", container)
        assert re.search("^Seccomp:\t2$", status, re.MULTILINE), status
        assert re.search("^NoNewPrivs:\t1$", status, re.MULTILINE), status
        assert settings["HostConfig"]["ReadonlyRootfs"], settings


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


def harden(slim: Slim) -> None:
    """Built on this engine: its own runtime passes under the profile, with these rights."""
    slim(
        *("build", NGINX, "--http-probe", "/health", "--no-debug", "--harden"),
        *("--seccomp", "profile.json", "--tag", "slimmer-engines/here:slim"),
        says="hardened +✓",
    )
    slim.answers_hardened("slim-report/slimmer-engines_here_slim")


def hardened_elsewhere(slim: Slim) -> None:
    """What was found with this machine's own engine holds on the other one."""
    slim.answers_hardened(_ELSEWHERE)


def base(slim: Slim) -> None:
    """The base's layers are below the others, by digest, and what was added stands on them."""
    tag = "slimmer-engines/based:slim"
    slim(
        *("build", NGINX, "--base", BASE, "--http-probe", "/", "--no-debug", "--tag", tag),
        says=f"base +on {BASE}",
    )
    below, whole = (
        json.loads(slim.running.docker("inspect", name))[0]["RootFS"]["Layers"]
        for name in (BASE, tag)
    )
    assert whole[: len(below)] == below, (below, whole)
    assert len(whole) > len(below)


def push(slim: Slim) -> None:
    """To a registry with a password: refused with a wrong one, and there under the digest that is
    told with the right one."""
    with registry(slim.running, slim.folder) as place:
        tag = f"{place.address}/team/static:1"
        building = ("build", STATIC, "--http-probe", "/", "--no-debug", "--tag", tag, "--push")
        slim(*building, status=51, says="docker login|podman login", DOCKER_CONFIG=place.wrong)
        told = slim(*building, DOCKER_CONFIG=place.right)
        digest = place.digest("team/static", "1")
        assert digest in told, (digest, told)


def check(slim: Slim) -> None:
    """Gates that pass, one that does not, and commands of structure tests in a container."""
    (slim.folder / "tests.yaml").write_text(json.dumps(_TESTS))
    image = f"{STATIC}-slim"
    slim("check", image, "--max-size", "5MB", "--no-shell", "--structure-test", "tests.yaml")
    slim("check", image, "--max-size", "1kB", status=42)


def seccomp(slim: Slim) -> None:
    """A profile that the image passes under, of the calls that were seen."""
    slim("build", STATIC, "--http-probe", "/", "--no-debug", "--seccomp", "static.json")
    profile = json.loads((slim.folder / "static.json").read_text())
    allowed = {name for rule in profile["syscalls"] for name in rule["names"]}
    assert "execve" in allowed, profile
    assert "mount" not in allowed, profile


def xray(slim: Slim) -> None:
    """What the engine hands out is read, whatever form its layers have."""
    told = slim("xray", NGINX, "--json")
    found = json.loads(told[told.index("{") :])
    layers = json.loads(slim.running.docker("inspect", NGINX))[0]["RootFS"]["Layers"]
    assert [each["digest"] for each in found["layers"]] == layers, found["layers"]


def why(slim: Slim) -> None:
    slim("why", f"{STATIC}-slim", "/server", says="/server")


def clean(slim: Slim) -> None:
    """And nothing is left of all that ran before."""
    slim("clean")
    assert not slim.running.docker("ps", "--all", "--quiet").strip()
    assert "slimmer-session" not in slim.running.docker("images")


CHECKS: tuple[Callable[[Slim], None], ...] = (
    *(doctor, build, build_pair, health, missing_command, wrong_port, live_trace, why),
    *(base, push, check, seccomp, xray, harden, hardened_elsewhere, clean),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    parser.add_argument("engine", nargs="*", metavar="ENGINE", help=", ".join(KINDS))
    parser.add_argument(
        "--check", action="append", choices=[each.__name__ for each in CHECKS], help="repeatable"
    )
    arguments = parser.parse_args()
    names = arguments.engine or list(KINDS)
    checks = [each for each in CHECKS if each.__name__ in (arguments.check or [each.__name__])]
    _make_checked()
    CACHE.mkdir(parents=True, exist_ok=True)
    columns = {}
    with tempfile.TemporaryDirectory(prefix="elsewhere-") as elsewhere:
        if hardened_elsewhere in checks:
            _make_hardened(Path(elsewhere))
        for name in names:
            with tempfile.TemporaryDirectory(prefix="engine-") as folder:
                columns[name] = _column(name, Path(folder), Path(elsewhere), checks)
    _say(f"| | {' | '.join(columns)} |")
    _say("| --- |" + " --- |" * len(columns))
    for row, check in enumerate(checks):
        cells = [column[row] for column in columns.values()]
        _say(f"| {check.__name__.replace('_', ' ')} | {' | '.join(cells)} |")
    return int(any("✗" in cell for column in columns.values() for cell in column))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _column(
    name: str, folder: Path, elsewhere: Path, checks: Sequence[Callable[[Slim], None]]
) -> list[str]:
    state = folder / "state"
    shutil.copytree(elsewhere, state / "work")
    cells = []
    with engine(name, CACHE, state) as running:
        hardened = (_HARDENED,) if hardened_elsewhere in checks else ()
        hand_over((STATIC, NGINX, BASE, _CHECKED, *hardened), running.address)
        for check in checks:
            try:
                check(Slim(running, state))
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


def _make_hardened(folder: Path) -> None:
    """A slim image in this machine's own engine, and in `folder` what was found for it."""
    subprocess.run(
        [sys.executable, "-m", "slimmer", "build", NGINX, "--http-probe", "/health", "--no-debug",
         "--harden", "--seccomp", "profile.json", "--tag", _HARDENED,
         "--report-dir", _ELSEWHERE, "--quiet"],
        cwd=folder, check=True,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
