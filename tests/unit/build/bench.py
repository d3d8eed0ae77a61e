"""Builds of one original in an engine in memory, and what they are asked for."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slimmer.build import build_image
from slimmer.errors import SlimError
from slimmer.options import BuildOptions, DebugImage
from slimmer.progress.progress import QuietProgress
from slimmer.values import Strategy
from tests.unit.build.engine import ORIGINAL, ORIGINAL_ID, MemoryEngine, Process, Program

SLIM = "my-app:1-slim"
LATE = "/etc/late.conf"
FILES = ("/bin/app", "/etc/app.conf", LATE, "/srv/data", "/srv/unused")


def reads(*paths: str) -> Program:
    """A program that ends with status 0 if all of this is there."""
    return lambda process: 0 if all(map(process.opens, paths)) else 1


class Bench:
    """Builds of the same original."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.reports = folder / "reports"
        self.engine = MemoryEngine(folder / "images", FILES, reads("/etc/app.conf"))
        monkeypatch.setattr("slimmer.build.build.connect", lambda _: self.engine)

    def build(self, program: Program | None = None, **options: Any) -> dict[str, Any]:
        """The report."""
        self.engine.program = program or self.engine.program
        self.engine.ran.clear()
        asked = BuildOptions(
            image=ORIGINAL,
            strategy=Strategy.MINIMAL,
            debug=DebugImage.NONE,
            report_directory=self.reports,
        )
        try:
            build_image(replace(asked, **options), QuietProgress())
        finally:
            assert self.engine.left_behind() == set()
        return self.report()

    def report(self, folder: Path | None = None) -> dict[str, Any]:
        file = (folder or self.reports) / "report.json"
        report: dict[str, Any] = json.loads(file.read_text())
        return report

    def fails(self, error: type[SlimError], program: Program | None = None, **options: Any) -> Any:
        """(the error, the report of the failure). Nothing may be tagged."""
        with pytest.raises(error) as caught:
            self.build(program, **options)
        assert set(self.engine.names) == {ORIGINAL}
        folder = Path(caught.value.report_file).parent
        report = self.report(folder)
        assert report["exit_code"] == error.exit_code
        assert report["problem"] == caught.value.message
        assert report["slim"] is None
        page = html.unescape((folder / "report.html").read_text())
        assert caught.value.message in page
        return caught.value, report

    @property
    def purposes(self) -> list[str]:
        """What containers of the last build were for."""
        return [purpose for purpose, _ in self.engine.ran]


def late(process: Process) -> int:
    """A program that needs a file which it looks up in every run but the first."""
    wanted = ("/etc/app.conf",) if is_traced_original(process) else ("/etc/app.conf", LATE)
    return reads(*wanted)(process)


def is_traced_original(process: Process) -> bool:
    return process.is_traced and is_original(process)


def is_original(process: Process) -> bool:
    return process.image == ORIGINAL_ID
