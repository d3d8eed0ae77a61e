"""The report of a fleet for people, pull requests and machines."""

from slimmer.fleet.formats.markdown import markdown
from slimmer.fleet.formats.page import page_pieces

__all__ = ["markdown", "page_pieces"]
