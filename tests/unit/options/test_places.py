"""Relative paths in slim.yaml are relative to the file, wherever slim is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.errors import ConfigurationError
from slimmer.options import BuildOptions, read_options
from slimmer.values import Source


def read(folder: Path, text: str) -> BuildOptions:
    (folder / "slim.yaml").write_text(text)
    return read_options(folder / "slim.yaml")


def test_volumes(tmp_path: Path) -> None:
    volumes = ["./data:/data:ro", "../up:/up", "/host:/host", "named:/named", "~/home:/home"]
    options = read(tmp_path, f"run: {{volumes: {volumes}}}\n")
    assert options.run.volumes == (
        f"{tmp_path}/./data:/data:ro",
        f"{tmp_path}/../up:/up",
        *volumes[2:],
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [("out.tar", "{}/out.tar"), ("out/", "{}/out/"), ("/abs/out.tar", "/abs/out.tar")],
)
def test_output(tmp_path: Path, text: str, place: str) -> None:
    assert read(tmp_path, f"output: {text}\n").output == place.format(tmp_path)


def test_no_output(tmp_path: Path) -> None:
    assert read(tmp_path, "image: x\n").output == ""


def test_report_directory_and_environment_file(tmp_path: Path) -> None:
    (tmp_path / "variables").write_text("A=1\n")
    options = read(tmp_path, "report_directory: there\nrun: {env_file: variables}\n")
    assert options.report_directory == tmp_path / "there"
    assert options.run.environment == (("A", "1"),)


def test_trace_sources(tmp_path: Path) -> None:
    assert read(tmp_path, "trace_sources: fanotify\n").sources == {Source.FANOTIFY}
    assert read(tmp_path, "image: x\n").sources == set(Source)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("trace_sources: [ptrace]\n", "slim.yaml:1: trace_sources: `ptrace` is not one of"),
        ("run:\n  entrypoint: it's\n", "slim.yaml:2: run.entrypoint: `it's` is not a command line"),
        (
            "probes:\n  - http: {port: 70000}\n",
            "slim.yaml:2: probes\\[0\\].http.port: 70000 is not",
        ),
    ],
)
def test_wrong_values_are_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read(tmp_path, text)
