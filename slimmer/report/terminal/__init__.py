"""The report in a terminal."""

from slimmer.report.terminal.terminal import XRAY_SECTIONS, terminal_summary, terminal_xray

__all__ = ["XRAY_SECTIONS", "terminal_summary", "terminal_xray"]
