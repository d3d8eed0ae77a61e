"""The report as one HTML file."""

from slimmer.report.page.page import prepare_page, to_page

__all__ = ["prepare_page", "to_page"]
