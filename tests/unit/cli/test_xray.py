"""`slim xray` as people and pipelines run it: on files, in its widths, with its exit codes."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from slimmer.cli.main import run
from slimmer.image.archive import read_image_file
from slimmer.trace.saved import Fact, Identity, Kind, SavedTrace, SeenPath, Use, to_bytes
from slimmer.values import Source
from slimmer.xray import Inspection, Xray, examine
from slimmer.xray.terminal import SECTIONS, terminal_xray
from tests.schemas import schema
from tests.unit.report.test_terminal import Terminal
from tests.unit.xray.archives import (
    DIRECTORY,
    File,
    docker_archive,
    layer,
    oci_blobs,
    oci_members,
    unpacked,
)

DOCUMENTS = Path(__file__).parents[1] / "documents_of_before"
HOSTILE = "\x1b]0;title\x07\x1b[2J\u202e<b>\udcff\n"
LAYERS: tuple[Mapping[str, bytes | File], ...] = (
    {
        "opt/app/": DIRECTORY,
        "opt/app/big.js": b"a" * 3_000_000,
        "opt/app/unused.js": b"b" * 900_000,
        f"opt/{HOSTILE}/{HOSTILE}.pem": b"-----BEGIN PRIVATE KEY-----\n" + b"A" * 64,
        "bin/su": File(b"\x7fELF", mode=0o4755),
        "bin/" + HOSTILE: File(b"#!/bin/sh", mode=0o4755),
    },
    {"opt/app/.wh.unused.js": b"", "opt/app/big.js": File(b"a" * 3_000_000, uid=3)},
    {"opt/copy.js": b"a" * 3_000_000},
)
HISTORY = ["ADD rootfs /", f"RUN chown -R app /opt/app {HOSTILE}", "COPY . . # buildkit"]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In a folder of its own, which has no `.dive-ci`."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "app.tar"
    file.write_bytes(docker_archive([layer(each) for each in LAYERS], HISTORY))
    return file


def told(file: Path) -> Xray:
    return examine(read_image_file(file, Inspection()), str(file))


def document(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    assert run(["xray", *arguments, "--json"]) == code
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


def test_json_fits_its_schema(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = document(capsys, str(archive), "--ci", code=41)
    jsonschema.validate(printed, schema(Xray))
    assert printed["verdict"]["passed"] is False
    assert [each["instruction"] for each in printed["layers"]][::2] == ["ADD rootfs /", "COPY . ."]


@pytest.mark.parametrize("width", [60, 75, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(
    archive: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    stream = Terminal()
    terminal_xray(told(archive), stream, limit=5, sections=frozenset())
    written = stream.getvalue()
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in written.splitlines()]
    assert max(map(len, lines)) <= width
    assert any("6.00 MB" in line or "3.00 MB" in line for line in lines), "numbers stay"
    assert ("█" in written) == (width >= 76), "bars go first"


def test_nothing_of_an_image_steers_the_terminal(
    archive: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for arguments in ([], *(["--show", name] for name in SECTIONS)):
        assert run(["xray", str(archive), *arguments]) == 0
        written = capfd.readouterr().out
        assert [each for each in written if not each.isprintable()] == ["\n"] * written.count("\n")
        assert "\u202e" not in written


def test_hidden_bytes_and_findings_are_named(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["xray", str(archive)]) == 0
    written = capsys.readouterr().out
    for said in (
        "3.90 MB hidden",
        "/opt/app/unused.js  layer 0, removed by 1",
        "/opt/app/big.js  layer 0, repeated by 1",
        "setuid: ",
        "private key in",
        "3 x 3.00 MB",
    ):
        assert said in written


def test_the_dockerfile_alone(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["xray", str(archive), "--show", "dockerfile"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == ["FROM scratch", "ADD rootfs /"]
    assert lines[-1] == "COPY . ."


def test_a_long_line_of_the_dockerfile_is_not_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "long.tar"
    line = f"RUN install {'package ' * 40}last"
    file.write_bytes(docker_archive([layer({"a": b"1"})], history=[line]))
    assert run(["xray", str(file), "--show", "dockerfile"]) == 0
    assert line in capsys.readouterr().out.splitlines()


def test_a_directory_with_a_layout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blobs, manifest = oci_blobs([layer({"a": b"1"})])
    folder = unpacked(oci_members(blobs, [manifest]), tmp_path / "layout")
    assert document(capsys, str(folder))["image"]["source"] == "oci-layout"


def saved_trace(file: Path, name: Path, *paths: str) -> Path:
    image = read_image_file(file)
    use = Use(phase="boot", access="open", program="/bin/sh", source=Source.FANOTIFY.value)
    looked = Use(phase="boot", access="lookup", program="/bin/sh", source=Source.NOTIFY.value)
    seen = {path: SeenPath(fact=Fact(kind=Kind.OTHER), runs=1, uses={use: 1}) for path in paths}
    seen["/opt/copy.js"] = SeenPath(fact=Fact(kind=Kind.OTHER), runs=1, uses={looked: 1})
    trace = SavedTrace(
        identity=Identity(
            reference="app",
            platform="linux/amd64",
            configuration="sha256:" + "0" * 64,
            layers=tuple(image.configuration["rootfs"]["diff_ids"]),
        ),
        runs=1,
        sources=frozenset(Source),
        missing_sources=frozenset(),
        port=None,
        ready_within=2,
        exit_status=None,
        probes=(),
        phases=("boot",),
        paths=dict(sorted(seen.items())),
    )
    name.write_bytes(to_bytes(trace))
    return name


def test_used_bytes_of_a_trace(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = saved_trace(archive, tmp_path / "app.trace", "/bin/su", "/opt/app/big.js")
    printed = document(capsys, str(archive), "--trace", str(trace))
    assert printed["usage"] == {"source": str(trace), "size": 3_000_004, "files": 2}
    assert [each["used_size"] for each in printed["layers"]] == [4, 3_000_000, 0]
    assert run(["xray", str(archive), "--trace", str(trace)]) == 0
    assert "3.00 MB used" in capsys.readouterr().out


def test_a_trace_of_another_image(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = saved_trace(archive, tmp_path / "app.trace", "/bin/su")
    archive.write_bytes(docker_archive([layer({"a": b"1"})]))
    assert run(["xray", str(archive), "--trace", str(trace)]) == 26
    assert "is of another image" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rules", "arguments", "code"),
    [
        ("rules:\n  lowestEfficiency: 0.1\n  highestUserWastedPercent: disabled\n", [], 0),
        ("rules:\n  lowestEfficiency: disabled\n  highestUserWastedPercent: false\n", [], 0),
        ("", ["--lowest-efficiency", "0.1", "--highest-user-wasted-percent", "disabled"], 0),
        (
            "rules:\n  highestUserWastedPercent: 1\n  lowestEfficiency: 0\n",
            ["--highest-wasted-bytes", "1MB"],
            41,
        ),
        ("", [], 41),
        ("rules:\n  lowestEfficency: 0.1\n", [], 6),
        ("rules:\n  lowestEfficiency: 90%\n", [], 6),
        ("rules:\n  highestWastedBytes: much\n", [], 6),
        ("rules: [1]\n", [], 6),
        ("rules:\n  lowestEfficiency: [1]\n", [], 6),
        ("- :\n -", [], 6),
    ],
)
def test_rules_of_dive(archive: Path, rules: str, arguments: list[str], code: int) -> None:
    archive.with_name(".dive-ci").write_text(rules)
    assert run(["xray", str(archive), "--ci", *arguments]) == code


def test_what_cannot_be_read_has_its_own_codes(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = archive.read_bytes()
    at = data.index(b"a" * 100)
    for name, content, code in (
        ("cut.tar", data[: len(data) // 2], 39),
        ("text.tar", b"no image" * 1000, 39),
        ("changed.tar", data[:at] + b"X" + data[at + 1 :], 40),
    ):
        Path(name).write_bytes(content)
        assert document(capsys, name, code=code)["error"]["exit_code"] == code
    for missing in ("missing.tar", "./missing"):
        assert run(["xray", missing]) == 39
        assert "there is no file" in capsys.readouterr().err
    assert run(["xray", str(archive), "--lowest-efficiency", "1"]) == 2


def test_the_view_needs_a_terminal(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["xray", str(archive), "-i"]) == 2
    assert "-i needs a terminal" in capsys.readouterr().err
    for other in (["--json"], ["--ci"], ["--show", "layers"]):
        assert run(["xray", str(archive), "-i", *other]) == 2
        assert "leave out --show, --json and --ci" in capsys.readouterr().err


def test_the_view_is_an_extra(
    archive: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "textual", None)
    monkeypatch.delenv("TERM", raising=False)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert run(["xray", str(archive), "-i"]) == 34
    written = capsys.readouterr().err
    assert "-i needs textual, which is not installed" in written
    assert "pip install 'slimmer-images[tui]'" in written


def test_the_view_on_a_real_terminal(archive: Path, tmp_path: Path) -> None:
    """With the report of a build, which tells why a path is there."""
    folder = tmp_path / "report"
    shutil.copytree(DOCUMENTS / "static", folder)
    report = json.loads((folder / "report.json").read_text())
    report["original"]["id"] = read_image_file(archive).id
    (folder / "report.json").write_text(json.dumps(report))
    with OnTerminal("xray", str(archive), "--report", str(folder), "-i") as view:
        view.read_until("ADD rootfs")
        view.type("w")
        view.read_until("on the way to")
        view.type("q")
        view.read_until("ADD rootfs")
        view.type("q")
        assert view.wait() == 0
        assert "\x1b[?1049l" in view.written, "the terminal is as it was"


class OnTerminal:
    """The command in a process with a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self.written = ""
        self._arguments = arguments

    def __enter__(self) -> OnTerminal:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "slimmer", *self._arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color"},
            start_new_session=True,
        )
        os.close(slave)
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def read_until(self, words: str) -> None:
        """Of what was not read before."""
        read = ""
        end = time.monotonic() + 60
        while words not in read:
            ready, _, _ = select.select([self._master], [], [], max(0, end - time.monotonic()))
            assert ready, f"{words} is not in {read!r}"
            try:
                read += os.read(self._master, 65536).decode(errors="replace")
            except OSError as error:
                raise AssertionError(f"it ended, and {words} is not in {read!r}") from error
        self.written += read

    def wait(self) -> int:
        """The exit code."""
        with contextlib.suppress(OSError):  # its end is an error of the terminal
            while piece := os.read(self._master, 65536):
                self.written += piece.decode(errors="replace")
        return self._process.wait(60)
