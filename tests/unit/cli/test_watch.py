"""`slim watch IMAGE -p 80:80`: where slim's own options end and those of `docker run` begin."""

from __future__ import annotations

import pytest

from slimmer.cli.watch import separated


@pytest.mark.parametrize(
    ("given", "own", "of_docker_run"),
    [
        (["app", "-p", "80:80"], ["app"], ["-p", "80:80"]),
        (["app", "-o", "w.json", "-p", "80:80"], ["app", "-o", "w.json"], ["-p", "80:80"]),
        (
            ["-o", "w.json", "app", "serve", "-o", "x"],
            ["-o", "w.json", "app"],
            ["serve", "-o", "x"],
        ),
        (["app", "--for=2", "--json", "-ow", "-it"], ["app", "--for=2", "--json", "-ow"], ["-it"]),
        (["--for", "2", "app", "-eMODE=too"], ["--for", "2", "app"], ["-eMODE=too"]),
    ],
)
def test_behind_the_image_stands_what_docker_run_is_given(
    given: list[str], own: list[str], of_docker_run: list[str]
) -> None:
    assert separated(given) == [*own, "--", *of_docker_run]
    assert separated([*own, "--", *of_docker_run]) == [*own, "--", *of_docker_run]


@pytest.mark.parametrize("words", [[], ["app"], ["--help"], ["app", "--for", "2"], ["--wrong"]])
def test_what_has_nothing_for_docker_run(words: list[str]) -> None:
    assert separated(words) == words
