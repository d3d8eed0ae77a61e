"""report.json and report.html on disk, each whole or not at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from slimmer.disk import file_beside, is_directory, space_errors
from slimmer.report.document import json_pieces
from slimmer.report.page.page import page_pieces
from slimmer.report.report import Report

JSON_NAME = "report.json"
PAGE_NAME = "report.html"
DROPPED_NAME = "dropped.json"
"""Written by the build, as it is composed beside the tests."""


def write_report(report: Report, directory: Path, *, into: Path | None = None) -> Report:
    """Write both files into `directory` (made where it is not there), replacing earlier ones; or
    `into` a folder from which they will go there.

    Returns the report with the files' paths among its artifacts, as report.json has them too.
    Raises NoSpaceError for a full disk, UsageError for a directory that cannot be written to.
    """
    json_file, page_file = directory / JSON_NAME, directory / PAGE_NAME
    complete = dataclasses.replace(
        report,
        artifacts={**report.artifacts, "report": str(json_file), "page": str(page_file)},
    )
    with space_errors(directory, "writing the report"):
        folder = directory if into is None else into
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / JSON_NAME, json_pieces(complete))
        _write(folder / PAGE_NAME, page_pieces(complete))
    return complete


def write_page(report: Report, place: Path, *, anew: bool = False) -> Path:
    """Write the page of a report that was read from `place`, beside it, and the report itself as
    well where it is told `anew`. Returns the page's path; raises as `write_report`."""
    file = place / JSON_NAME if is_directory(place) else place
    page = file.with_name(PAGE_NAME)
    with space_errors(file.parent, "writing the report"):
        if anew:
            _write(file, json_pieces(report))
        _write(page, page_pieces(report))
    return page


def _write(file: Path, pieces: Iterable[str]) -> None:
    with file_beside(file) as unfinished:
        unfinished.stream.writelines(piece.encode() for piece in pieces)
        unfinished.rename_to(file)
