"""The report as one HTML file."""

from slimmer.report.page.page import page_style, prepare_page, template_environment, to_page

__all__ = ["page_style", "prepare_page", "template_environment", "to_page"]
