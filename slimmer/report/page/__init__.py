"""The report as one HTML file."""

from slimmer.report.page.page import to_page

__all__ = ["to_page"]
