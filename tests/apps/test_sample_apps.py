"""Each sample application, slimmed by the real command on a real engine, keeps its promises.

Witnesses are the plain docker client and an HTTP client that share no code with slimmer.
"""

from __future__ import annotations

import functools
import signal
from typing import Any

import pytest

from tests.apps.conftest import SAMPLE_APPS, SAMPLES, Slimmed
from tests.apps.container import Container, docker, inspect_image, run_once, running, type_into
from tests.apps.expectation import Command, Request
from tests.survey.runner import Subject

pytestmark = [pytest.mark.apps, pytest.mark.engine]


def problems(slimmed: Slimmed, image: str) -> list[str]:
    """Every promise of slim.yaml that the image breaks."""
    if slimmed.port is None:
        commands = [item for item in slimmed.expectations if isinstance(item, Command)]
        assert len(commands) == len(slimmed.expectations), "an HTTP probe without a port"
        alone = functools.partial(run_once, image)
        found = [item.problem(alone) for item in commands]
        return [problem for problem in found if problem]
    with running(image, port=slimmed.port, environment=slimmed.environment) as container:
        first, port = slimmed.expectations[0], slimmed.port
        # A database takes connections before it answers.
        container.wait_until(
            f"passed {first.name}", lambda: not _problem(first, container, port), seconds=30
        )
        found = [_problem(item, container, slimmed.port) for item in slimmed.expectations]
        log = container.log()
    return [f"{problem}\nlog of the container:\n{log}" for problem in found if problem]


def _problem(item: Request | Command, container: Container, port: int) -> str:
    if isinstance(item, Request):
        return item.problem(container, port)
    return item.problem(container.execute)


def test_every_sample_with_a_slim_yaml_has_an_image() -> None:
    assert all((SAMPLE_APPS / name / "Dockerfile").is_file() for name in SAMPLES)


def test_the_original_keeps_its_promises(slimmed: Slimmed) -> None:
    """Otherwise the tests of the slim image would prove nothing."""
    assert problems(slimmed, slimmed.original) == []


def test_the_slim_image_keeps_its_promises(slimmed: Slimmed) -> None:
    assert problems(slimmed, slimmed.slim) == []


def test_the_original_shows_the_held_out_behaviours(slimmed: Slimmed) -> None:
    """Otherwise a list of behaviours would measure nothing."""
    assert broken_behaviours(slimmed, slimmed.original) == []


def test_the_slim_image_shows_the_held_out_behaviours(slimmed: Slimmed) -> None:
    """What no probe touched. `minimal` makes no such promise: `make survey` counts for it."""
    if slimmed.strategy == "minimal":
        return
    expected = [
        item.name for item in slimmed.behaviours if item.lost and slimmed.strategy != "safe"
    ]
    found = broken_behaviours(slimmed, slimmed.slim)
    assert [name for name, _ in found] == expected, "\n".join(problem for _, problem in found)


def broken_behaviours(slimmed: Slimmed, image: str) -> list[tuple[str, str]]:
    """Name and problem of each behaviour that an image does not show."""
    outcomes = Subject(image, slimmed.slim_yaml.parent).outcomes(slimmed.behaviours)
    return [(outcome.behaviour.name, outcome.problem) for outcome in outcomes if outcome.problem]


def test_the_debug_image_keeps_its_promises(slimmed: Slimmed) -> None:
    assert problems(slimmed, slimmed.debug) == []


def stopped(slimmed: Slimmed) -> int:
    """The exit status of the slim image after `docker stop`."""
    with running(slimmed.slim, port=slimmed.port, environment=slimmed.environment) as container:
        docker("stop", "--time", "20", container.id)
        return int(container.state()["ExitCode"])


def test_the_image_without_arguments_behaves_as_the_original(slimmed: Slimmed) -> None:
    """For a command-line image: its own command, output and exit status."""
    if slimmed.port is not None:
        # The stop signal is understood, so nothing has to be killed (status 137). A Java virtual
        # machine says which signal it was. Apache loses a signal that comes while it starts, after
        # its port is open: on a busy machine it may have to be told again.
        status = stopped(slimmed)
        if status == 128 + signal.SIGKILL:
            status = stopped(slimmed)
        assert status in (0, 128 + signal.SIGTERM)
    else:
        assert docker("run", "--rm", slimmed.slim) == docker("run", "--rm", slimmed.original)


def test_the_slim_image_is_small(slimmed: Slimmed) -> None:
    size = inspect_image(slimmed.slim)["Size"]
    assert size < slimmed.largest_size
    assert size < slimmed.original_before["Size"]


def test_the_configuration_is_the_originals(slimmed: Slimmed) -> None:
    for image in (slimmed.slim, slimmed.debug):
        config = comparable(inspect_image(image)["Config"])
        expected = comparable(slimmed.original_before["Config"])
        if image == slimmed.debug:
            # Tools that come from another image are found through the end of PATH.
            del config["Env"], expected["Env"]
        assert config == expected


def comparable(config: dict[str, Any]) -> dict[str, Any]:
    """What `docker run` acts on: set values, without what the engine derives by itself."""
    kept = {key: value for key, value in config.items() if value not in (None, "", [], {}, False)}
    for derived in ("Image", "Hostname", "Labels"):
        kept.pop(derived, None)
    kept.setdefault("Env", [])
    return kept


def test_the_labels_of_the_original_are_kept(slimmed: Slimmed) -> None:
    labels = inspect_image(slimmed.slim)["Config"].get("Labels") or {}
    before = slimmed.original_before["Config"]["Labels"]
    assert before.items() <= labels.items()


def test_the_debug_image_has_the_layers_of_the_slim_image(slimmed: Slimmed) -> None:
    slim_layers = inspect_image(slimmed.slim)["RootFS"]["Layers"]
    debug_layers = inspect_image(slimmed.debug)["RootFS"]["Layers"]
    assert debug_layers[: len(slim_layers)] == slim_layers
    assert len(debug_layers) - len(slim_layers) in (1, 2)


def test_a_shell_opens_in_the_debug_image(slimmed: Slimmed) -> None:
    # The sum is done by the shell: an echo of what was typed would not hold its result.
    typed = "ls / >/dev/null && echo answer-$((40 + 2)) && exit\nexit\n"
    if slimmed.port is None:
        shown = type_into(("run", "--rm", "-it", "--entrypoint", "sh", slimmed.debug), typed)
    else:
        with running(
            slimmed.debug, port=slimmed.port, environment=slimmed.environment
        ) as container:
            shown = type_into(("exec", "-it", container.id, "sh"), typed)
    assert "answer-42" in shown


def test_the_health_check_passes(slimmed: Slimmed) -> None:
    if "Healthcheck" not in slimmed.original_before["Config"]:
        return  # only some samples have one
    for image in (slimmed.slim, slimmed.debug):
        with running(image, port=slimmed.port, environment=slimmed.environment) as container:
            container.wait_until("became healthy", functools.partial(_is_healthy, container))


def _is_healthy(container: Container) -> bool:
    return bool(container.state()["Health"]["Status"] == "healthy")


def test_the_original_is_untouched(slimmed: Slimmed) -> None:
    after = inspect_image(slimmed.original)
    for volatile in ("RepoTags", "Metadata"):  # other runs may tag the same image
        after.pop(volatile, None)
    before = {key: value for key, value in slimmed.original_before.items() if key in after}
    assert after == before


def test_nothing_else_is_left_behind(slimmed: Slimmed) -> None:
    # The owner label holds the id of the process that made the container.
    owners = docker(
        "ps", "--all", "--filter", "label=dev.slimmer.owner",
        "--format", '{{.ID}} {{.Label "dev.slimmer.owner"}}',
    )  # fmt: skip
    assert [line for line in owners.splitlines() if f"/{slimmed.process}/" in line] == []
    repository = slimmed.slim.rpartition(":")[0]
    tags = docker("image", "ls", "--format", "{{.Tag}}", repository).split()
    assert sorted(tags) == ["slim", "slim-debug"]


def test_the_report_tells_the_sizes_that_the_engine_tells(slimmed: Slimmed) -> None:
    assert slimmed.report["original"]["size"] == slimmed.original_before["Size"]
    assert slimmed.report["slim"]["size"] == inspect_image(slimmed.slim)["Size"]
