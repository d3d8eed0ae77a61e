"""The summary for people, on a terminal or in a log."""

from __future__ import annotations

from typing import TextIO

from slimmer.report.report import Report
from slimmer.words import comparison, printable, size


def terminal_summary(report: Report, stream: TextIO) -> None:
    """Write the summary to the stream: in colours on a terminal, the same as plain text elsewhere.

    What draws it is loaded only now: a tenth of a second that a run's start need not wait for.
    """
    from slimmer.report.terminal.summary import write_summary

    write_summary(report, stream)


def report_line(report: Report) -> str:
    """`my-app:latest-slim 23.9 MB, 6.0x smaller than my-app:latest`: the image's name comes first,
    for programs that read it."""
    assert report.slim is not None
    smaller = comparison(report.original.size, report.slim.size)
    return (
        f"{printable(report.slim.reference)} {size(report.slim.size)}, {smaller} than "
        f"{printable(report.original.reference)}"
    )
