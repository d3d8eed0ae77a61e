"""The CI files that people copy: valid by the schemas of their makers, and with shell in them that
a shell understands. tests/engine/test_ci_steps.py runs it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from slimmer import DISTRIBUTION
from slimmer.options import read_options
from tests.unit.ci.steps import (
    EXPRESSION,
    ROOT,
    Runner,
    Step,
    action_steps,
    all_steps,
    document,
    gitlab_steps,
    installed,
    run,
)
from tests.unit.test_docs import command_lines

CLEAN = 'FROM scratch\nUSER 1000\nCMD ["/app"]\n'
DOCKERFILE = "FROM debian:12\nRUN apt-get update\n"


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-workflows", "ci/github-workflow.yml"),
        ("vendor.gitlab-ci", "ci/gitlab.yml"),
    ],
)
def test_it_is_what_the_schema_allows(schema: str, file: str, tmp_path: Path) -> None:
    def checked(path: Path) -> int:
        return (
            CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, str(path)]).exit_code
        )

    assert checked(ROOT / file) == 0
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("runs: 1\njobs: 1\nimage: [1]\n")
    assert checked(wrong) != 0, "the schema looks"


@pytest.mark.parametrize("step", list(all_steps()), ids=lambda step: step.name)
def test_its_shell_is_understood(step: Step) -> None:
    done = subprocess.run(
        ["bash", "-n"], input=step.script, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_packages_are_ours() -> None:
    """Others are called `slimmer` and `slim` on PyPI, and pip would install them."""
    files = [ROOT / "action.yml", *(each for each in (ROOT / "ci").rglob("*") if each.is_file())]
    text = "\n".join(file.read_text("utf-8") for file in files)
    names = re.findall(r"(?<![\w./$-])([a-z][\w-]+)\[[a-z]+(?:,[a-z]+)*\]", text)
    assert len(names) >= 5
    assert set(names) == {DISTRIBUTION}


def test_what_others_say_never_becomes_shell() -> None:
    """A pull request chooses its title and its branch: values come in variables alone."""
    assert [step.name for step in action_steps() if EXPRESSION.search(step.script)] == []


def test_the_workflow_gives_the_action_what_it_takes() -> None:
    (job,) = document("ci/github-workflow.yml")["jobs"].values()
    (given,) = (step["with"] for step in job["steps"] if step.get("id") == "slim")
    assert given.keys() <= document("action.yml")["inputs"].keys()


def test_outputs_of_the_action_come_from_its_steps() -> None:
    names = {step["id"] for step in document("action.yml")["runs"]["steps"]}
    for output in document("action.yml")["outputs"].values():
        (reference,) = EXPRESSION.findall(output["value"])
        assert reference.split(".")[1] in names


class TestLint:
    """It needs no engine."""

    def test_the_action_annotates(self, tmp_path: Path) -> None:
        (tmp_path / "Dockerfile").write_text(CLEAN)
        Runner(tmp_path, image="a", lint=".").run("lint")

    def test_gitlab_gets_its_file(self, tmp_path: Path) -> None:
        (tmp_path / "Dockerfile").write_text(DOCKERFILE)
        (step,) = gitlab_steps(".slim-lint")
        with pytest.raises(AssertionError, match="lint"):
            run(step, tmp_path, installed(tmp_path))
        assert (tmp_path / "slim-report" / "lint.json").read_text().startswith("[")

    @pytest.mark.parametrize(
        "hook", document(".pre-commit-hooks.yaml"), ids=lambda hook: hook["id"]
    )
    def test_the_hooks_take_files_as_pre_commit_gives_them(
        self, hook: dict[str, Any], tmp_path: Path
    ) -> None:
        files = [tmp_path / "Dockerfile", tmp_path / "other.Dockerfile"]
        for file in files:
            file.write_text(DOCKERFILE)
        done = subprocess.run(
            [*hook["entry"].split(), *map(str, files)],
            env=installed(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == (0 if "error" in hook["entry"] else 46), done.stderr
        assert {"id", "name", "entry", "language"} <= hook.keys()
        assert hook["types"] == ["dockerfile"]


class TestKubernetes:
    FILES = sorted((ROOT / "ci" / "kubernetes").glob("*.yaml"))

    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
    def test_the_api_takes_it(self, file: Path) -> None:
        version = kubernetes_validate.latest_version()
        documents = list(yaml.safe_load_all(file.read_text("utf-8")))
        for each in documents:
            kubernetes_validate.validate(each, version, strict=True)
        (job,) = (each for each in documents if each["kind"] == "Job")
        job["spec"]["template"]["spec"]["containers"][0]["comand"] = []
        with pytest.raises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(job, version, strict=True)

    def test_each_mount_has_a_volume(self) -> None:
        for file in self.FILES:
            for each in yaml.safe_load_all(file.read_text("utf-8")):
                if each["kind"] != "Job":
                    continue
                pod = each["spec"]["template"]["spec"]
                mounted = {
                    mount["name"]
                    for container in (*pod["containers"], *pod.get("initContainers", ()))
                    for mount in container.get("volumeMounts", ())
                }
                assert mounted == {volume["name"] for volume in pod["volumes"]}

    def test_its_slim_yaml_and_its_command_are_understood(self, tmp_path: Path) -> None:
        text = (ROOT / "ci/kubernetes/job.yaml").read_text("utf-8")
        settings, job, _ = yaml.safe_load_all(text)
        file = tmp_path / "slim.yaml"
        file.write_text(settings["data"]["slim.yaml"])
        assert read_options(file).image == "registry.example/my-app:1"
        (container,) = job["spec"]["template"]["spec"]["containers"]
        from slimmer.cli.main import slim

        command = slim.get_command(None, container["args"][0])  # type: ignore[arg-type]
        assert command is not None
        parsed = command.make_context("build", container["args"][1:])
        assert parsed.params["push"]


def test_command_lines_in_scripts_have_options_that_there_are() -> None:
    from tests.unit.test_docs import COMMANDS, options_of

    found = 0
    for step in all_steps():
        text = step.script.replace("\\\n", " ")
        for line in re.findall(r"\bslim (?:build|check|lint) [^\n]*", text):
            name = " ".join(line.split()[:2])
            used = set(re.findall(r"(?<!\S)(--[\w-]+)", line))
            assert used <= options_of(COMMANDS[name]), line
            found += 1
    assert found > 8
    assert list(command_lines("")) == []
