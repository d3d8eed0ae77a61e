"""The Makefile and the CI script say what they do, and do the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = dict(re.findall(r"^([a-z][a-z-]*):(?!=)([^#\n]*)", MAKEFILE, flags=re.MULTILINE))
"""Target name to its prerequisites."""


def test_make_alone_prints_every_target() -> None:
    result = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True)
    shown = re.findall(r"^  make ([a-z-]+) +\S", result.stdout, flags=re.MULTILINE)
    assert set(shown) == set(TARGETS)


def test_no_target_is_mistaken_for_a_file() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)
    assert set(phony.split()) == set(TARGETS)


def test_ci_runs_what_make_test_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    steps = re.findall(r"^step \S+ make .*?([a-z-]+)$", script, flags=re.MULTILINE)
    tests = TARGETS["test"].split()
    assert [step for step in steps if step in tests] == tests


def test_every_folder_of_tests_is_run() -> None:
    folders = {
        path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name[0] != "_"
    }
    lines = re.findall(r"^\t\$\((?:PYTEST|CONTAINERS)\)(.*)$", MAKEFILE, flags=re.MULTILINE)
    run = {folder for line in lines for folder in re.findall(r" tests/([a-z]+)", line)}
    assert folders - run == {
        "bench",
        "cases",
        "digests",
        "engines",
        "faults",
        "fleet",
        "forked",
        "layers",
        "servers",
        "soak",
        "survey",
    }, "these are no tests"


TEST = """\
from pathlib import Path
import pytest

@pytest.mark.xdist_group("group")
@pytest.mark.parametrize("name", {names})
def test_of(name):
    {body}
"""


@pytest.mark.parametrize(
    ("names", "body", "status", "told", "not_told"),
    [
        (["a"], "pass", 0, "1 passed", "once more"),
        (["x@[y]"], "assert Path('seen').exists() or Path('seen').touch()", 0, "UNSTABLE", ""),
        (["a"], "assert False", 1, "once more, alone", "UNSTABLE"),
        (["a", "b"], "assert False", 1, "2 failed", "once more"),
    ],
)
def test_what_fails_is_run_once_more_alone(
    tmp_path: Path, names: list[str], body: str, status: int, told: str, not_told: str
) -> None:
    (tmp_path / "test_it.py").write_text(TEST.format(names=names, body=body))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    pytest_command = [sys.executable, "-m", "pytest", "-p", "xdist"]
    if told == "UNSTABLE":
        pytest_command += ["-n", "1", "--dist", "loadgroup"]
    ran = subprocess.run(
        [ROOT / ".ci" / "again", "1", *pytest_command, "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == status, ran.stdout + ran.stderr
    assert told in ran.stdout
    assert not not_told or not_told not in ran.stdout


def test_pytest_looks_into_every_folder_that_has_tests(pytestconfig: pytest.Config) -> None:
    passed_over = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "tests").rglob("test_*.py")
        for folder in file.relative_to(ROOT).parts[:-1]
        if any(fnmatch(folder, pattern) for pattern in pytestconfig.getini("norecursedirs"))
    ]
    assert passed_over == []
