"""The FastAPI sample, exercised by nothing but the description that it serves of itself."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from typing import Any

import pytest

from tests.apps.container import docker

pytestmark = [pytest.mark.apps, pytest.mark.xdist_group("fastapi")]


@pytest.fixture(scope="module")
def report(originals: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Any:
    name = f"slimmer-test-{uuid.uuid4().hex[:12]}/openapi"
    command = [
        sys.executable, "-m", "slimmer", "build", originals["fastapi"], "--tag", f"{name}:slim",
        "--strategy", "minimal", "--no-debug", "--openapi", "/openapi.json",
        "--openapi-examples", "6", "--json", "--report-dir", str(tmp_path_factory.mktemp("report")),
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    try:
        assert ran.returncode == 0, ran.stderr
        yield json.loads(ran.stdout)
    finally:
        docker("image", "rm", "--force", f"{name}:slim")


@pytest.fixture(scope="module")
def described(report: Any) -> set[str]:
    """The operations, read from the image's own description by nobody but this test."""
    (explored,) = report["explorations"]
    assert explored["source"] == "http://localhost:8000/openapi.json"
    text = docker(
        *("run", "--rm", "--entrypoint", "python3", report["original"]["id"]),
        *("-c", "import json; from app.main import app; print(json.dumps(app.openapi()['paths']))"),
    )
    paths: dict[str, dict[str, Any]] = json.loads(text)
    return {f"{method.upper()} {path}" for path in paths for method in paths[path]}


def test_each_operation_is_a_phase_and_passes_in_the_slim_image(
    report: Any, described: set[str]
) -> None:
    phases = {phase["name"] for phase in report["trace"]["phases"]}
    names = {f"openapi {operation}" for operation in described}
    assert len(names) > 15
    assert names <= phases
    (test,) = (each for each in report["tests"] if each["image"] == "slim")
    assert test["passed"]
    assert names <= {probe["name"] for probe in test["probes"]}


def test_valid_and_invalid_input_is_sent(report: Any) -> None:
    (explored,) = report["explorations"]
    statuses = explored["statuses"]
    assert statuses["200"] > 20
    assert statuses["422"] > 10
    assert statuses["410"] > 0, "a parcel with a valid number, which the register has not"


def test_an_error_of_the_original_is_told_and_stops_nothing(report: Any) -> None:
    (explored,) = report["explorations"]
    broken = [each for each in explored["faults"] if each["source"] == "GET /services/broken"]
    assert [each["answer"] for each in broken] == ["500 Internal Server Error"]


def test_what_an_operation_loads_lazily_is_kept_because_of_it(report: Any) -> None:
    (reasons,) = (
        each["reasons"] for each in report["kept"] if each["path"].endswith("httpx/_client.py")
    )
    assert any("in phase openapi GET /services/" in reason["detail"] for reason in reasons), reasons
