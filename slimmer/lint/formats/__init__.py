"""The forms in which findings are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TextIO

from slimmer.lint.document import LintReport
from slimmer.lint.formats.gitlab import write_gitlab
from slimmer.lint.formats.junit import write_junit
from slimmer.lint.formats.machines import write_github, write_json
from slimmer.lint.formats.sarif import write_sarif


def _write_terminal(report: LintReport, stream: TextIO) -> None:
    from slimmer.lint.formats.terminal import terminal  # rich takes longer than most linting

    terminal(report, stream)


FORMATS: Final[Mapping[str, Callable[[LintReport, TextIO], None]]] = {
    "terminal": _write_terminal,
    "json": write_json,
    "sarif": write_sarif,
    "gitlab": write_gitlab,
    "junit": write_junit,
    "github": write_github,
}
"""By the word of --format."""

__all__ = ["FORMATS"]
