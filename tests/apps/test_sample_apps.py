"""Each sample application, slimmed by the real command on a real engine, keeps its promises.

Witnesses are the plain docker client and an HTTP client that share no code with slimmer.
"""

from __future__ import annotations

import functools
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.apps.conftest import SAMPLE_APPS, SAMPLES, Slimmed, broken
from tests.apps.container import Container, docker, inspect_image, run_once, running, type_into
from tests.apps.expectation import Command, Request

pytestmark = [pytest.mark.apps, pytest.mark.engine]


@contextmanager
def ready(slimmed: Slimmed, image: str) -> Iterator[Container]:
    """A container of an image with a port, once the first promise of slim.yaml is kept."""
    with running(image, port=slimmed.port, environment=slimmed.environment) as container:
        first = slimmed.expectations[0]
        # A database takes connections before it answers.
        container.wait_until(
            f"passed {first.name}", lambda: not _problem(slimmed, first, container), seconds=30
        )
        yield container


def problems(slimmed: Slimmed, container: Container) -> list[str]:
    """Every promise of slim.yaml and HEALTHCHECK that the container breaks."""
    found = [_problem(slimmed, item, container) for item in slimmed.expectations]
    broken = [f"{each}\nlog of the container:\n{container.log()}" for each in found if each]
    if "Healthcheck" in slimmed.original_before["Config"]:
        container.wait_until("became healthy", functools.partial(_is_healthy, container))
    return broken


def _problem(slimmed: Slimmed, item: Request | Command, container: Container) -> str:
    if isinstance(item, Request):
        return item.problem(container, slimmed.port or 0)
    return item.problem(container.execute)


def _is_healthy(container: Container) -> bool:
    return bool(container.state()["Health"]["Status"] == "healthy")


def problems_of_commands(slimmed: Slimmed, image: str) -> list[str]:
    """Every promise of slim.yaml that an image without a port breaks: each is a run of its own."""
    commands = [item for item in slimmed.expectations if isinstance(item, Command)]
    assert len(commands) == len(slimmed.expectations), "an HTTP probe without a port"
    found = [item.problem(functools.partial(run_once, image)) for item in commands]
    return [problem for problem in found if problem]


def test_every_sample_with_a_slim_yaml_has_an_image() -> None:
    assert all((SAMPLE_APPS / name / "Dockerfile").is_file() for name in SAMPLES)


def test_the_slim_image_keeps_its_promises_and_ends_as_it_is_asked(slimmed: Slimmed) -> None:
    """A command-line image without arguments: as the original, with output and exit status."""
    if slimmed.port is None:
        assert problems_of_commands(slimmed, slimmed.slim) == []
        assert docker("run", "--rm", slimmed.slim) == docker("run", "--rm", slimmed.original)
        return
    with ready(slimmed, slimmed.slim) as container:
        assert problems(slimmed, container) == []
        docker("stop", "--time", "20", container.id)
        # It understands the stop signal, so that nothing has to be killed (137). A Java virtual
        # machine says which signal it was.
        assert container.state()["ExitCode"] in (0, 128 + signal.SIGTERM)


def test_the_debug_image_keeps_its_promises_and_opens_a_shell(slimmed: Slimmed) -> None:
    # The sum is done by the shell: an echo of what was typed would not hold its result.
    typed = "ls / >/dev/null && echo answer-$((40 + 2)) && exit\nexit\n"
    if slimmed.port is None:
        assert problems_of_commands(slimmed, slimmed.debug) == []
        shown = type_into(("run", "--rm", "-it", "--entrypoint", "sh", slimmed.debug), typed)
    else:
        with ready(slimmed, slimmed.debug) as container:
            assert problems(slimmed, container) == []
            shown = type_into(("exec", "-it", container.id, "sh"), typed)
    assert "answer-42" in shown


def test_the_slim_image_shows_the_held_out_behaviours(slimmed: Slimmed) -> None:
    """What no probe touched. `minimal` makes no such promise: `make survey` counts for it.

    What the slim image shows proves itself; what it has lost, the original must show.
    """
    if slimmed.strategy == "minimal":
        return
    lost = [item.name for item in slimmed.behaviours if item.lost and slimmed.strategy != "safe"]
    found = broken(slimmed, slimmed.slim, slimmed.behaviours)
    absent = [item for item in slimmed.behaviours if item.name in found]
    assert broken(slimmed, slimmed.original, absent) == {}
    assert list(found) == lost, "\n".join(found.values())


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
