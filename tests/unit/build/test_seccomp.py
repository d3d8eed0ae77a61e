"""What a build does about its profile, without running anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.build.profiling import profile_of_trace
from slimmer.build.seccomp import additions_of, read_additions
from slimmer.errors import SeccompProfileError, SeccompUnavailableError, TraceFileError, UsageError
from slimmer.options import BuildOptions
from slimmer.seccomp import compose_profile, to_document
from slimmer.trace.saved import to_bytes
from slimmer.values import CallUse, RunOptions, Strategy
from tests.unit.trace.saved.examples import saved

MLOCK = CallUse(phase="boot", architecture="x86_64", name="mlock")


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    file = tmp_path / "app.trace"
    file.write_bytes(to_bytes(saved(calls=(MLOCK,))))
    return file


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    file = tmp_path / "other.json"
    seen = CallUse(phase="boot", architecture="x86_64", name="io_setup")
    file.write_bytes(to_document(compose_profile((seen,), "amd64", ordinary=False)))
    return file


def test_a_saved_trace_gives_a_profile_without_a_run(trace: Path, profile: Path) -> None:
    made = profile_of_trace(trace, (profile,), Strategy.MINIMAL)
    assert {"mlock", "io_setup"} <= made.profile.allowed.keys()
    assert made.profile.reasons["io_setup"] == str(profile)
    assert not made.tested
    assert "mkdir" not in made.profile.allowed
    assert "mkdir" in profile_of_trace(trace, (), Strategy.BALANCED).profile.allowed


def test_saved_traces_are_added_as_well(trace: Path, profile: Path) -> None:
    found = additions_of((trace, profile))
    assert found.calls == (MLOCK,)
    assert len(found.profiles) == 1


def test_a_trace_of_before_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "old.trace"
    file.write_bytes(to_bytes(saved()))
    for use in (lambda: additions_of((file,)), lambda: profile_of_trace(file, (), Strategy.SAFE)):
        with pytest.raises(SeccompUnavailableError) as caught:
            use()
        assert caught.value.exit_code == 53
        assert "--seccomp FILE --save-trace FILE" in caught.value.hint


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SeccompProfileError, match="cannot be read"):
        additions_of((tmp_path / "none.json",))
    damaged = tmp_path / "damaged.trace"
    damaged.write_bytes(to_bytes(saved(calls=(MLOCK,)))[:-9])
    with pytest.raises(TraceFileError, match="cut off"):
        additions_of((damaged,))


def test_two_profiles_are_one_too_many(tmp_path: Path) -> None:
    options = BuildOptions(
        image="my-app",
        seccomp=tmp_path / "profile.json",
        run=RunOptions(security_opts=("seccomp=unconfined",)),
    )
    with pytest.raises(UsageError, match="another one"):
        read_additions(options)


def test_an_addition_needs_a_profile(profile: Path) -> None:
    with pytest.raises(UsageError, match="--seccomp-from"):
        read_additions(BuildOptions(image="my-app", seccomp_from=(profile,)))
