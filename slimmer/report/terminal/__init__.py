"""The report in a terminal."""

from slimmer.report.terminal.terminal import report_line, terminal_summary

__all__ = ["report_line", "terminal_summary"]
