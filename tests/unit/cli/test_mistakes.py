"""What was probably meant by a command line that is not understood, and what is taken as meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.cli.main import run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and an engine that is not there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("biuld my-app", 2, "did you mean `slim build`? For an image of that name: slim build"),
        ("trace strat x", 2, "did you mean `slim trace start`?"),
        ("help biuld", 2, "did you mean `slim build`?"),
        ("build x --http-prob /", 2, "did you mean --http-probe?\n"),
        ("build x --no-such-thing", 2, "`slim build -h` lists them"),
        ("diff x --since y", 2, "`slim diff -h` lists them"),
        ("build x -o nowhere/x.tar", 3, "no container engine"),
        ("--http-probe / x", 2, "slim build --http-probe …"),
        ("why", 2, "missing argument 'IMAGE'"),
        ("my-app", 3, "no container engine"),
        ("build --target my-app", 3, "no container engine"),
        ("build a --target b", 2, "--tag names the small one"),
        ("build a --dockerfile F", 2, "docker build -t NAME -f DOCKERFILE ."),
        ("build a --continue-after enter", 2, "slim trace start IMAGE"),
        ("build a --mount type=bind", 2, "--volume FROM:TO[:ro]"),
        ("build a --platform arm64", 2, "as in linux/amd64,linux/arm64"),
        ("build a --engine ssh://host", 2, "as in linux/arm64=ssh://user@host"),
        ("build a --engine linux/arm64=ssh://host", 2, "add --platform linux/arm64"),
        ("build a -d --rm", 3, "--rm has no effect"),
        ("build a --include-path /x --include-path-file none", 2, "'none' does not exist"),
        ("trace start --name a x", 2, "stands behind IMAGE: slim trace start IMAGE --name …"),
        ("watch -p 80:80 x", 2, "stands behind IMAGE: slim watch IMAGE -p …"),
        ("watch x -p 80:80 --json", 2, "stands in front of IMAGE: --json … IMAGE"),
        ("build ./none", 2, "./none is not there"),
        ("build .", 2, "a directory without a Dockerfile"),
    ],
)
def test_a_mistake_is_answered_with_what_to_type(
    line: str, code: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(line.split()) == code
    assert said in capfd.readouterr().err


@pytest.mark.parametrize(
    ("place", "typed"),
    [
        (".", "docker build -t shop-app . && slim build shop-app"),
        ("./Dockerfile", "docker build -t shop-app . && slim build shop-app"),
        ("deep/", "docker build -t deep -f deep/Containerfile deep && slim build deep"),
        ("..", "slim build --file ../slim.yaml"),
        ("app.tar", "docker load -i app.tar"),
    ],
)
def test_a_place_is_answered_with_the_line_that_makes_an_image(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    place: str, typed: str,
) -> None:  # fmt: skip
    here = folder / "Shop App"
    (here / "deep").mkdir(parents=True)
    for name in ("Dockerfile", "deep/Containerfile", "app.tar"):
        (here / name).write_text("FROM scratch\n")
    monkeypatch.chdir(here)
    if place.startswith(".."):
        (here / "slim.yaml").write_text("image: a\n")
        monkeypatch.chdir(here / "deep")
    if place == "deep/":
        place = "./deep"
    assert run(["build", place]) == 2
    assert typed in capfd.readouterr().err


def test_a_directory_that_is_named_like_an_image_is_none(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "my-app").mkdir()
    (folder / "my-app" / "Dockerfile").write_text("FROM scratch\n")
    assert run(["build", "my-app"]) == 3
    assert "no container engine" in capfd.readouterr().err
