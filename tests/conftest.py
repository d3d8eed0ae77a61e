"""What all tests share: the engine's marker means the engine, and CI lets nothing be skipped."""

from __future__ import annotations

import functools
import gc
import os
import signal
import tempfile
from collections.abc import Generator

import docker
import hypothesis
import pytest

CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@functools.cache
def engine_problem() -> str:
    """Why no container engine can be used; empty where one answers."""
    try:
        client = docker.from_env(timeout=20)
        try:
            client.ping()
        finally:
            client.close()
    except (docker.errors.DockerException, OSError) as error:
        return f"no container engine answers: {error}"
    return ""


def pytest_configure() -> None:
    """A script's background job ignores SIGINT, and so would every program that it starts. State of
    the user's is left alone."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # How long an example takes says more of the machine than of the code.
    hypothesis.settings.register_profile("unhurried", deadline=None)
    hypothesis.settings.load_profile("unhurried")
    # What was imported and collected stays to the end; it is looked through less often.
    gc.set_threshold(50_000, 20, 100)
    # Where reports lie is remembered there: not among what the user has built.
    state = os.path.join(tempfile.gettempdir(), f"slimmer-tests-{os.getuid()}")
    os.environ.setdefault("XDG_STATE_HOME", state)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("engine") is None:
        return
    problem = engine_problem()
    if problem and CI:
        pytest.fail(f"{problem} (CI=true: an engine test is not skipped)", pytrace=False)
    elif problem:
        pytest.skip(problem)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped engine test is a failed one: a skip is how a test rots unseen."""
    report = yield
    if (
        CI
        and report.skipped
        and item.get_closest_marker("engine")
        and not hasattr(report, "wasxfail")
    ):
        report.outcome = "failed"
        report.longrepr = f"CI=true, and this was skipped: {report.longrepr}"
    return report
