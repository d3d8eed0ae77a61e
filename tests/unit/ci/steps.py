"""The shell steps of the CI files that people copy, taken out of their YAML, and a runner's way of
executing them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One shell step."""

    name: str
    script: str
    environment: Mapping[str, str] = field(default_factory=dict)
    """With the expressions of GitHub as they are written."""


def document(file: str) -> Any:
    return yaml.safe_load((ROOT / file).read_text("utf-8"))


def action_steps() -> list[Step]:
    return [
        Step(name=step["id"], script=step["run"], environment=step.get("env", {}))
        for step in document("action.yml")["runs"]["steps"]
        if "run" in step
    ]


def workflow_steps() -> list[Step]:
    (job,) = document("ci/github-workflow.yml")["jobs"].values()
    return [Step(name=step["id"], script=step["run"]) for step in job["steps"] if "run" in step]


def gitlab_steps(job: str) -> list[Step]:
    found = document("ci/gitlab.yml")
    lines = [*found[job]["before_script"], *found[job]["script"]]
    return [Step(name=job, script="\n".join(lines), environment=found["variables"])]


def jenkins_steps() -> list[Step]:
    text = (ROOT / "ci" / "Jenkinsfile").read_text("utf-8")
    stages = re.findall(r"stage\('(\w+)'\).*?sh '''\n(.*?)'''", text, re.DOTALL)
    return [Step(name=name, script=script.replace("\\\\\n", "\\\n")) for name, script in stages]


def all_steps() -> Iterator[Step]:
    yield from action_steps()
    yield from workflow_steps()
    for job in (".slim", ".slim-lint"):
        yield from gitlab_steps(job)
    yield from jenkins_steps()
    yield Step(name="slim.sh", script=(ROOT / "ci" / "slim.sh").read_text("utf-8"))


def installed(folder: Path) -> dict[str, str]:
    """The environment in which `slim` is on the PATH, as after a step that installs it."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    slim = programs / "slim"
    slim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m slimmer "$@"\n')
    slim.chmod(0o755)
    python_path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")},
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": python_path,
    }


def run(step: Step, folder: Path, environment: Mapping[str, str]) -> str:
    """What it printed. Fails with all that it said where it fails."""
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.script],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, f"{step.name}: {done.stdout}\n{done.stderr}"
    return done.stdout


class Runner:
    """Runs the steps of the action one after the other, as GitHub's runner does."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.folder = folder
        self._temporary = folder / "runner"
        self._temporary.mkdir()
        given = {
            name: str(each.get("default", ""))
            for name, each in document("action.yml")["inputs"].items()
        }
        self.values = {f"inputs.{name}": value for name, value in (given | inputs).items()}
        self.values |= {"github.token": "none", "github.event.number": "7"}
        self.summary = self._temporary / "summary"

    def run(self, name: str) -> None:
        (step,) = (each for each in action_steps() if each.name == name)
        output = self._temporary / "output"
        output.write_text("")
        environment = {
            **installed(self.folder),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_PATH": str(self._temporary / "path"),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(self._temporary),
            **{key: self._evaluated(text) for key, text in step.environment.items()},
        }
        run(step, self.folder, environment)
        for line in output.read_text().splitlines():
            key, _, value = line.partition("=")
            self.values[f"steps.{name}.outputs.{key}"] = value

    def _evaluated(self, text: str) -> str:
        return EXPRESSION.sub(lambda match: self.values[match[1]], text)
