"""What is tried on each engine: slim's commands, which must do there what they do on the machine's
own engine."""

from __future__ import annotations

import io
import json
import re
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from tests.engines.registry import registry
from tests.engines.running import Running
from tests.engines.samples import BASE, CHECKED, ELSEWHERE, HEALTH, NGINX, NUMBERED, STATIC, TRACE
from tests.engines.ways import Way

_LONGEST = 300
"""Seconds for one command: more says that it hangs."""
_TESTS = {
    "schemaVersion": "2.0.0",
    "fileExistenceTests": [{"name": "server", "path": "/server", "shouldExist": True}],
    "commandTests": [
        {"name": "version", "command": "/server", "args": ["--version"], "exitCode": 2}
    ],
}
_READING = {
    "command": ["sh", "-c", "cat; echo end"],
    "stdin": "typed\n",
    "output_pattern": "typed\nend",
}
"""A command that ends only when its input does."""
_TYPED = {"phases": [{"phase": "typed", "steps": [{"http": "/"}, {"exec": _READING}]}]}


class OtherEndError(AssertionError):
    """A command of slim's has ended otherwise."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(f"exit {status}, {told}")
        self.status = status


class Slim:
    """`slim` against one engine."""

    def __init__(self, running: Running, way: Way, state: Path) -> None:
        """`state` is the engine's; commands run in its `work`."""
        self.running = running
        self.way = way
        self.folder = state / "work"
        self._state = state

    def __call__(self, *arguments: str, status: int = 0, says: str = "", **variables: str) -> str:
        """What it says on both streams; it must end with `status` and say that."""
        done = subprocess.run(
            self.way.command(*arguments, **variables),
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=_LONGEST, check=False,
        )  # fmt: skip
        if done.returncode != status or not re.search(says, done.stdout):
            raise OtherEndError(done.returncode, f"wanted {status} {says}\n{done.stdout}")
        return done.stdout

    def answers_hardened(self, report: str, port: int) -> None:
        """A container of that report's hardened-run.sh answers, and may not do much else."""
        script = self.folder / report / "hardened-run.sh"
        container = self.running.script(script, self._state, "--detach").strip()
        docker = self.running.docker
        try:
            settings = json.loads(docker("inspect", container))[0]
            process = settings["State"]["Pid"]
            status = Path(f"/proc/{process}/status").read_text()
            # From its own network: that of a rootless engine has no way in but published ports.
            asking = ("nsenter", "--net", "--target", str(process), "curl", "-sS")
            patient = ("--retry", "20", "--retry-connrefused")
            url = f"http://127.0.0.1:{port}/health"
            asked = subprocess.run(
                [*asking, *patient, url], capture_output=True, text=True, check=False
            )
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
    slim("build", CHECKED, "--http-probe", "/", "--no-debug")
    saved = subprocess.run(
        ["docker", "--host", slim.running.address, "save", f"{CHECKED}-slim"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    with tarfile.open(fileobj=io.BytesIO(saved)) as tar:
        name = json.load(tar.extractfile("manifest.json"))[0]["Config"]  # type: ignore[arg-type]
        config = json.load(tar.extractfile(name))["config"]  # type: ignore[arg-type]
    assert config["Healthcheck"]["Test"] == HEALTH, config


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
    """Built on this engine: it passes with the few rights that trials there have found."""
    slim(
        *("build", NGINX, "--http-probe", "/health", "--no-debug", "--harden"),
        *("--tag", "slimmer-engines/here:slim"),
        says="hardened +✓",
    )
    slim.answers_hardened("slim-report/slimmer-engines_here_slim", 80)


def harden_and_seccomp(slim: Slim) -> None:
    """Under its own profile too, for a user who has a number and no name, and writes."""
    slim(
        *("build", NUMBERED, "--http-probe", "/health", "--no-debug", "--harden"),
        *("--seccomp", "number.json", "--tag", "slimmer-engines/number:slim"),
        says="hardened +✓",
    )
    slim.answers_hardened("slim-report/slimmer-engines_number_slim", 8080)


def hardened_elsewhere(slim: Slim) -> None:
    """What was found with this machine's own engine holds on the other one."""
    slim.answers_hardened(ELSEWHERE, 80)


def traced_elsewhere(slim: Slim) -> None:
    """Where no system calls can be recorded, a profile is made of those that were, and what fails
    is told as that."""
    building = ("build", NGINX, "--http-probe", "/health", "--no-debug", "--from-trace", TRACE)
    slim(*building, "--seccomp", "elsewhere.json", says="built from elsewhere.trace")
    lacking = ("--seccomp", "lacking.json", "--exclude", "/etc/nginx/nginx.conf")
    slim(*building, *lacking, status=13, says="exclude less")


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
        if own := slim.way.variables.get("DOCKER_CONFIG"):
            for each in (place.right, place.wrong):
                Path(each, "contexts").symlink_to(Path(own, "contexts"))
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


def stdin(slim: Slim) -> None:
    """What a command of a plan is given to read, and its end."""
    (slim.folder / "typed.yaml").write_text(json.dumps(_TYPED))  # YAML takes it
    slim("build", NGINX, "--plan", "typed.yaml", "--no-debug", says="slim test .* 2 probes passed")


def why(slim: Slim) -> None:
    slim("why", f"{STATIC}-slim", "/server", says="/server")


def clean(slim: Slim) -> None:
    """And nothing is left of all that ran before."""
    slim("clean")
    left = slim.running.docker("ps", "--all", "--quiet", "--no-trunc").split()
    assert left == [slim.way.container] * bool(slim.way.container), left
    assert "slimmer-session" not in slim.running.docker("images")


CHECKS: tuple[Callable[[Slim], None], ...] = (
    *(doctor, build, build_pair, health, missing_command, wrong_port, live_trace, why),
    *(base, push, check, seccomp, xray, stdin, harden, harden_and_seccomp),
    *(hardened_elsewhere, traced_elsewhere, clean),
)
