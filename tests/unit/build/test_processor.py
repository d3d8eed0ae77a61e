"""Originals for other processors than the engine's machine has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slimmer.errors import ForeignArchitectureError, TraceDriftError, UsageError
from slimmer.options import Platform
from tests.unit.build.bench import SLIM, Bench
from tests.unit.files.serving import ENGINE_ARCHITECTURES

OWN = ENGINE_ARCHITECTURES[os.uname().machine]


@pytest.fixture
def saved(bench: Bench, tmp_path: Path) -> Path:
    """The trace of the original when it still was for the engine's own processors."""
    file = tmp_path / "app.trace"
    bench.build(save_trace=file)
    return file


class TestNothingRunsIt:
    def test_it_cannot_be_traced(self, bench: Bench) -> None:
        foreign = bench.engine.make_original_foreign()
        with pytest.raises(ForeignArchitectureError, match=f"is for {foreign}") as caught:
            bench.build()
        assert f"linux/{foreign}=ssh://user@host" in caught.value.hint
        assert bench.purposes == ["emulator"]

    def test_the_trace_of_another_platform_tells_what_it_needs(
        self, bench: Bench, saved: Path
    ) -> None:
        expected = bench.engine.files_of(SLIM)
        foreign = bench.engine.make_original_foreign()
        with pytest.raises(TraceDriftError, match=f"is for linux/{foreign}, not for linux/{OWN}"):
            bench.build(from_trace=saved)

        report = bench.build(from_trace=saved, allow_drift=True)

        assert bench.engine.files_of(SLIM) == expected
        assert "slim" not in bench.purposes, "it was run"
        assert report["verification"] == "impossible"
        assert any(f"nothing here runs linux/{foreign}" in note for note in report["notes"])

    def test_what_runs_it_is_refused(self, bench: Bench, saved: Path) -> None:
        bench.engine.make_original_foreign()
        with pytest.raises(UsageError, match="--harden runs the image"):
            bench.build(from_trace=saved, allow_drift=True, harden=True)


class TestAnEmulatorRunsIt:
    def test_it_is_traced_and_tested_as_any(self, bench: Bench) -> None:
        bench.build()
        usual = bench.engine.files_of(SLIM)
        foreign = bench.engine.make_original_foreign()
        bench.engine.emulates = True

        report = bench.build()

        assert bench.engine.files_of(SLIM) == usual
        assert report["verification"] == "content"
        assert any(f"linux/{foreign} was run by an emulator" in each for each in report["notes"])

    def test_its_calls_are_the_emulators(self, bench: Bench, tmp_path: Path) -> None:
        bench.engine.make_original_foreign()
        bench.engine.emulates = True
        with pytest.raises(UsageError, match="nothing here makes the system calls of"):
            bench.build(seccomp=tmp_path / "seccomp.json")


class TestThePlatformThatIsAskedFor:
    def test_the_image_has_it(self, bench: Bench) -> None:
        assert bench.build(platforms=(Platform(name=f"linux/{OWN}"),))

    def test_it_has_another(self, bench: Bench) -> None:
        with pytest.raises(UsageError, match="not for linux/s390x") as caught:
            bench.build(platforms=(Platform(name="linux/s390x"),))
        assert "--platform linux/s390x=IMAGE" in caught.value.hint
        assert bench.purposes == []

    def test_its_image_has_a_name_of_its_own(self, bench: Bench) -> None:
        name = "my-app:for-this"
        bench.engine.names[name] = next(iter(bench.engine.names.values()))
        report = bench.build(platforms=(Platform(name=f"linux/{OWN}", image=name),))
        assert report["original"]["reference"] == name

    def test_one_at_a_time(self, bench: Bench) -> None:
        both = (Platform(name="linux/amd64"), Platform(name="linux/arm64"))
        with pytest.raises(UsageError, match="one platform at a time"):
            bench.build(platforms=both)
