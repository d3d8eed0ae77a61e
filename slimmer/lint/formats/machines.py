"""Findings for machines that have no form of their own for more: JSON, and GitHub's annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TextIO

from slimmer.lint.document import LintReport, json_lines
from slimmer.words import printable

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "notice", "style": "notice"}


def write_json(report: LintReport, stream: TextIO) -> None:
    """The document of docs/schemas/lint.schema.json."""
    stream.writelines(json_lines(report))


def write_github(report: LintReport, stream: TextIO) -> None:
    """Workflow commands, which GitHub Actions shows beside the lines of a pull request."""
    stream.writelines(f"{line}\n" for line in _annotations(report))


def _annotations(report: LintReport) -> Iterator[str]:
    for file in report.files:
        path = _property(file.path)
        for each in file.findings:
            text = "%0A".join(_data(line) for line in (each.message, *each.details))
            yield (
                f"::{_LEVELS[each.severity]} file={path},line={each.line},col={each.column},"
                f"title={_property(each.code)}::{text}"
            )
        for note in file.notes:
            yield f"::notice file={path}::{_data(note)}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
