"""Where the sensor program comes from, and what is said when it cannot come."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from slimmer.errors import SensorMissingError
from slimmer.trace.run.sensor import SOURCES, sensor_binary


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The sensor's build with a program that takes no seconds to compile: that the sensor itself
    is built, nearly every other test of the engine shows."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for name in ("build.py", "compile_flags.txt"):
        shutil.copy2(SOURCES / name, folder)
    text = '#include <stdio.h>\nint main(void) { return puts("slimmer sensor") < 0; }\n'
    (folder / "main.c").write_text(text)
    return folder


def native() -> str:
    return {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]


def test_it_is_built_when_a_source_is_newer(sources: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    binary = sensor_binary(native(), packaged=folder, sources=sources)
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("slimmer sensor")
    first = binary.stat()
    assert sensor_binary(native(), packaged=folder, sources=sources) == binary
    assert binary.stat().st_ino == first.st_ino, "not built again"

    later = first.st_mtime_ns + 1
    os.utime(sources / "main.c", ns=(later, later))
    sensor_binary(native(), packaged=folder, sources=sources)
    assert binary.stat().st_ino != first.st_ino


def test_two_builds_at_once_leave_a_whole_program(sources: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    threads = [
        threading.Thread(
            target=sensor_binary, args=(native(),), kwargs={"packaged": folder, "sources": sources}
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (binary,) = folder.glob("*/*")  # nothing half-made is left
    subprocess.run([binary, "--version"], check=True)


def test_a_packaged_one_needs_no_sources(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    (folder / "aarch64").mkdir(parents=True)
    (folder / "aarch64" / "sensor").write_bytes(b"as in the wheel")
    found = sensor_binary("arm64", packaged=folder, sources=tmp_path / "none")
    assert found == folder / "aarch64" / "sensor"
    with pytest.raises(SensorMissingError, match="no sensor for x86_64") as caught:
        sensor_binary("amd64", packaged=folder, sources=tmp_path / "none")
    assert "wheel" in caught.value.hint


def test_an_unknown_architecture_is_named() -> None:
    with pytest.raises(SensorMissingError, match="riscv64") as caught:
        sensor_binary("riscv64")
    assert "amd64 and arm64" in caught.value.hint


def test_a_compiler_that_fails_is_quoted(sources: Path, tmp_path: Path) -> None:
    (sources / "main.c").write_text("#error broken on purpose\n")
    with pytest.raises(SensorMissingError, match="could not be built") as caught:
        sensor_binary(native(), packaged=tmp_path / "bin", sources=sources)
    assert "broken on purpose" in caught.value.details
