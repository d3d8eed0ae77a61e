"""Which builds there are to do, by an engine in memory."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from slimmer.engine import Engine
from slimmer.errors import ConfigurationError
from slimmer.fleet import read_fleet
from slimmer.fleet.planning import Home, Planned, plan_fleet
from slimmer.image import ORIGINAL_LABEL

LAYER = "sha256:" + "1" * 64


class Names:
    """Of an engine: what it calls images."""

    address = "unix:///e"
    tool = "docker"

    def __init__(self, *names: str, made: str = "") -> None:
        self.images: dict[str, Mapping[str, Any]] = {
            name: {
                "Id": f"sha256:{number:064x}",
                "RepoTags": [name],
                "Config": {"Labels": {ORIGINAL_LABEL: "x"} if name == made else None},
                "RootFS": {"Layers": [LAYER]},
            }
            for number, name in enumerate(names)
        }

    def info(self) -> dict[str, str]:
        return {"ID": "home"}

    def find_image(self, name: str) -> Mapping[str, Any] | None:
        return self.images.get(name)

    def image_names(self, pattern: str) -> list[str]:
        """As Docker does: all names of an image of which one fits, whatever its tag."""
        repository = pattern.partition(":")[0]
        return [name for name in self.images if fnmatch.fnmatch(name.partition(":")[0], repository)]


def plan(folder: Path, text: str, engine: Names) -> dict[str, Planned]:
    (folder / "fleet.yaml").write_text(text)
    home = Home.of(cast(Engine, engine))
    planned = plan_fleet(read_fleet(folder / "fleet.yaml"), home, folder / "images")
    return {each.job.name: each for each in planned}


def test_a_pattern_takes_originals_that_nobody_named(tmp_path: Path) -> None:
    engine = Names(
        "team/a:1", "team/b:1", "team/b:2", "team/c/d:1", "team/a:1-slim", made="team/a:1-slim"
    )
    text = "images: ['team/*:1', 'team/*', {image: 'team/b:1', tag: 'own:1'}]"
    planned = plan(tmp_path, text, engine)
    assert {name: each.job.options.image for name, each in planned.items()} == {
        "team/a:1-slim": "team/a:1",
        "own:1": "team/b:1",
        "team/b:2-slim": "team/b:2",
    }


class Listed:
    """In the place of a registry: tests/engine/test_push.py asks a real one."""

    def __init__(self, host: str) -> None:
        assert host == "registry.example:5000"

    def __enter__(self) -> Listed:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def repositories(self) -> tuple[str, ...]:
        return ("team/api", "team/web", "other/api", "team/deep/api")

    def tags(self, repository: str) -> tuple[str, ...]:
        assert repository in ("team/api", "team/web"), "nobody wants to know"
        return ("1", "1-slim", "1-slim-debug", "2", "latest")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("team/*:[12]", ["team/api:1", "team/api:2", "team/web:1", "team/web:2"]),
        ("team/a*", ["team/api:1", "team/api:2", "team/api:latest"]),
        ("team/web:lat*", ["team/web:latest"]),
    ],
)
def test_names_in_a_registry_are_pulled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, names: list[str]
) -> None:
    monkeypatch.setattr("slimmer.fleet.names.Registry", Listed)
    host = "registry.example:5000"
    planned = plan(tmp_path, f"registry: ['{host}/{pattern}']", Names())
    assert [each.job.options.image for each in planned.values()] == [f"{host}/{x}" for x in names]
    assert all(each.job.options.pull for each in planned.values())


@pytest.mark.parametrize(
    ("pattern", "others"),
    [("team/web:9", "team/web:1, "), ("*", "other/api, "), ("team/*:9", ", …; `*` stands")],
)
def test_what_there_is_instead_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, others: str
) -> None:
    monkeypatch.setattr("slimmer.fleet.names.Registry", Listed)
    with pytest.raises(ConfigurationError, match=r"registry\[0\]: no image in the reg") as caught:
        plan(tmp_path, f"registry: 'registry.example:5000/{pattern}'", Names())
    assert others in caught.value.hint


def test_what_slimmer_made_and_pushed_is_not_taken_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slimmer.fleet.names.Registry", Listed)
    made = "registry.example:5000/team/web:2"
    planned = plan(
        tmp_path, "registry: ['registry.example:5000/team/web:?']", Names(made, made=made)
    )
    assert [each.job.options.image for each in planned.values()] == [
        "registry.example:5000/team/web:1"
    ]


def test_what_a_job_knows(tmp_path: Path) -> None:
    planned = plan(tmp_path, "images: [a:1]\nlimits: {seconds: 7}", Names("a:1"))["a:1-slim"]
    assert planned.job.seconds == 7
    assert (planned.job.home, planned.job.home_id) == ("unix:///e", "home")
    assert planned.job.options.report_directory == tmp_path / "images" / "a_1-slim"
    assert planned.original is not None
    assert planned.original.layers == (LAYER,)


def test_an_image_that_only_a_worker_may_have_is_always_built(tmp_path: Path) -> None:
    planned = plan(tmp_path, "images: [elsewhere:1]", Names("a:1"))["elsewhere:1-slim"]
    assert planned.original is None
    assert planned.fingerprint == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("images: ['x/*']", "images[0]: no image of the engine at unix:///e matches x/*"),
        (
            "images: [a:1, {image: 'b:1', tag: 'a:1-slim'}]",
            "b:1 and a:1 would both become a:1-slim",
        ),
        ("images: [a:1, {image: 'a:1'}]", "a:1 is named a second time"),
        ("images: ['A B']", "images[0]: "),
        ("registry: [api:1]", "registry[0]: api:1 names no registry"),
        ("registry: ['*/api:1']", "registry[0]: */api:1 names no registry"),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        plan(tmp_path, text, Names("a:1", "b:1"))
    assert words in str(caught.value)


def test_a_fingerprint_changes_with_what_the_image_is_made_of(tmp_path: Path) -> None:
    trace = tmp_path / "a.trace"
    trace.write_text("one")
    text = "images: [{image: 'a:1', from_trace: a.trace}]"

    def found(text: str, engine: Names) -> str:
        return plan(tmp_path, text, engine)["a:1-slim"].fingerprint

    first = found(text, Names("a:1"))
    assert found(text, Names("a:1")) == first
    assert found(text.replace("}", ", output: x.tar}"), Names("a:1")) == first
    others = [
        found(text.replace("}", ", strategy: safe}"), Names("a:1")),
        found(text.replace("}", ", probes: [{http: /}]}"), Names("a:1")),
        found(text, Names("other:1", "a:1")),
    ]
    trace.write_text("two")
    others.append(found(text, Names("a:1")))
    assert len({first, *others}) == 5
