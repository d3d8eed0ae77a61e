"""What the build of each platform is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.options import FileSettings, Texts, build_options
from slimmer.platforms.wishes import Wish, wishes_for


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def wishes(texts: Texts) -> tuple[Wish, ...]:
    texts = {"--platform": ["linux/amd64,linux/arm64=my-app:arm"], **texts}
    file = FileSettings(build={"image": "my-app:1"})
    return wishes_for(build_options(file, texts), texts, None, None)


def test_each_has_an_image_and_names_of_its_own() -> None:
    here, there = wishes({"--no-debug": [""], "--env": ["A=1", "B="]})
    shared = ("--no-debug", "--env=A=1", "--env=B=")
    assert here.arguments == (
        "my-app:1", *shared, "--platform=linux/amd64=my-app:1", "--tag=my-app:1-slim-linux-amd64",
    )  # fmt: skip
    assert there.arguments == (
        "my-app:arm", *shared, "--platform=linux/arm64=my-app:arm",
        "--tag=my-app:1-slim-linux-arm64",
    )  # fmt: skip


@pytest.mark.parametrize("place", ["flags", "file"])
def test_each_is_told_its_own_engine_alone(place: str) -> None:
    """Each of the builds refuses an engine for what it does not build."""
    engines = ["linux/arm64=ssh://builder"]
    texts: Texts = {"--engine": engines} if place == "flags" else {}
    platforms = {"--platform": ["linux/amd64,linux/arm64"]}
    said = {
        "image": "my-app:1",
        "platforms": build_options(FileSettings(), platforms).platforms,
        "engines": () if place == "flags" else (("linux/arm64", "ssh://builder"),),
    }
    file = FileSettings(build=said)
    found = []
    for wish in wishes_for(build_options(file, texts), texts, None, None):
        own = dict(each.split("=", 1) for each in wish.arguments if each.startswith("--"))
        given = {name: [own[name]] for name in ("--platform", "--engine") if name in own}
        found.append(build_options(file, given).engine)
    assert found == ["", "ssh://builder"]


@pytest.mark.parametrize(
    ("texts", "trace"),
    [
        ({}, "--save-trace=slim-report/my-app_1-slim-linux-arm64/saved.trace"),
        ({"--report-dir": ["r"]}, "--save-trace=r/linux-arm64/saved.trace"),
        ({"--save-trace": ["app.trace"]}, "--save-trace=app.linux-arm64.trace"),
        ({"--from-trace": ["app.trace"]}, "--from-trace=app.trace"),
        (
            {"--from-trace": ["app.trace"], "--retrace": [""]},
            "--from-trace=app.linux-arm64.trace",
        ),
    ],
)
def test_each_has_a_trace_of_its_own(texts: Texts, trace: str) -> None:
    _, there = wishes(texts)
    assert there.command[-1] == trace


def test_a_cache_keeps_the_traces() -> None:
    """A trace that is saved elsewhere would go before it."""
    for wish in wishes({"--cache-dir": ["cache"]}):
        assert f"--cache-dir=cache/{wish.platform.suffix}" in wish.command
        assert not any("-trace" in word for word in wish.command)


def test_what_has_no_trace_of_its_own_may_be_made_from_another() -> None:
    """Where nothing runs it, none is saved for it, and the next build is to do as this one."""
    there = wishes({"--from-trace": ["app.trace"]})[1]
    assert there.may_be_made_from_another(64)
    assert not there.may_be_made_from_another(9)
    Path("app.linux-arm64.trace").touch()
    assert not wishes({"--from-trace": ["app.trace"]})[1].may_be_made_from_another(64)
