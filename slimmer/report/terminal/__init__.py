"""The report in a terminal."""

from slimmer.report.terminal.terminal import terminal_summary

__all__ = ["terminal_summary"]
