"""A pytest plugin: the user's own tests drive the trace, and a slim image comes of them.

Loaded by every pytest that has slimmer beside it, so this file imports nothing but pytest and
does nothing until one of its options is given. `controller.py` does the work then.
"""

from __future__ import annotations

import pytest

from slimmer.pytest_plugin.target import TARGET, WORKER_KEY, SlimTarget

__all__ = ["SlimTarget"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options are there whether or not they are used; `pytest --help` shows them."""
    group = parser.getgroup("slim", "slimmer: a slim image of what these tests use")
    add = group.addoption
    add("--slim-image", metavar="IMAGE", help="Run this image for the fixture `slim_target`.")
    add(
        "--slim-run",
        metavar="ARGUMENTS",
        default="",
        help="Arguments of `docker run` for the container, as one text: '-e MODE=test'.",
    )
    add(
        "--slim-http-probe",
        metavar="[METHOD:]PATH|URL [STATUS]",
        action="append",
        default=[],
        help="The container is ready when it answers this request. Repeatable.",
    )
    add(
        "--slim-insecure",
        action="store_true",
        help="Take any TLS certificate of the application (https://).",
    )
    add("--slim-port", metavar="PORT", type=int, help="The port that the application listens on.")
    add(
        "--slim-start-timeout",
        metavar="SECONDS",
        type=float,
        default=60.0,
        help="How long the application may take to become ready. Default: 60.",
    )
    add("--slim-trace", metavar="FILE", help="Save what the tests made the image use.")
    add(
        "--slim-build",
        action="store_true",
        help="Build the slim image and its debug image when the tests have passed.",
    )
    add("--slim-tag", metavar="NAME", help="Name of the slim image. Default: NAME:TAG-slim.")
    add("--slim-file", metavar="FILE", help="A slim.yaml with further options of the build.")
    add(
        "--slim-verify",
        action="store_true",
        help="Run the tests against the slim image: after --slim-build once more, else only so.",
    )
    add(
        "--slim-even-if-failed",
        action="store_true",
        help="Save and build also where tests have failed.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Does nothing unless an option asks for it."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        if WORKER_KEY in worker:
            config.stash[TARGET] = SlimTarget.from_json(worker[WORKER_KEY])
        return
    option = config.option
    if not option.slim_image:
        if option.slim_build or option.slim_verify or option.slim_trace:
            raise pytest.UsageError(
                "--slim-build, --slim-trace and --slim-verify need --slim-image"
            )
        return
    from slimmer.pytest_plugin.controller import Controller

    config.pluginmanager.register(Controller(config), "slimmer controller")


@pytest.fixture(scope="session")
def slim_target(pytestconfig: pytest.Config) -> SlimTarget:
    """The container of --slim-image: the original under trace, or with --slim-verify the slim
    image. Tests are skipped without --slim-image."""
    target = pytestconfig.stash.get(TARGET, None)
    if target is None:
        pytest.skip("slim_target: no --slim-image is given")
    return target
