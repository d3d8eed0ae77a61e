"""Saving a trace and building from one: what goes together, and who wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.errors import ConfigurationError, UsageError
from slimmer.options import BuildOptions, read_options
from slimmer.values import Source
from tests.unit.cli.test_options import folder, options

__all__ = ["folder"]


def test_the_flags() -> None:
    assert options("my-app:1", "--save-trace", "app.trace") == BuildOptions(
        image="my-app:1", save_trace=Path("app.trace")
    )
    assert options("my-app:1", "--from-trace", "app.trace", "--allow-drift") == BuildOptions(
        image="my-app:1", from_trace=Path("app.trace"), allow_drift=True
    )


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--save-trace", "a", "--from-trace", "b"), "exclude each other"),
        (("--from-trace", "a", "--trace-source", "notify"), "--trace-source"),
        (("--allow-drift",), "--from-trace names none"),
        (("--allow-drift", "--save-trace", "a"), "--from-trace names none"),
    ],
)
def test_what_contradicts_itself_is_refused(flags: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        options("my-app:1", *flags)


@pytest.mark.parametrize(("key", "flag"), [("from", "save"), ("save", "from")])
def test_a_flag_wins_over_the_files_other_key(folder: Path, key: str, flag: str) -> None:
    (folder / "my.yaml").write_text(f"image: a\n{key}_trace: x.trace\n")
    from_file = options("--file", "my.yaml")
    assert getattr(from_file, f"{key}_trace") == Path("x.trace")
    given = options("--file", "my.yaml", f"--{flag}-trace", "y.trace")
    assert getattr(given, f"{key}_trace") is None
    assert getattr(given, f"{flag}_trace") == Path("y.trace")


def test_a_file_that_is_traced_anew_keeps_its_sources(folder: Path) -> None:
    (folder / "my.yaml").write_text("image: a\ntrace_sources: notify\nfrom_trace: x.trace\n")
    assert options("--file", "my.yaml").sources == {Source.NOTIFY}


def test_the_keys_are_relative_to_their_file(folder: Path) -> None:
    (folder / "below").mkdir()
    file = folder / "below/slim.yaml"
    file.write_text("from_trace: app.trace\nallow_drift: true\n")
    read = read_options(file)
    assert (read.from_trace, read.allow_drift) == (folder / "below/app.trace", True)


def test_both_keys_are_refused(folder: Path) -> None:
    file = folder / "slim.yaml"
    file.write_text("image: a\nsave_trace: app.trace\nfrom_trace: app.trace\n")
    with pytest.raises(ConfigurationError, match=r"slim\.yaml:2: save_trace: "):
        read_options(file)
