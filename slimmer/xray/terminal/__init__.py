"""What `slim xray` found, in a terminal."""

from slimmer.xray.terminal.terminal import SECTIONS, terminal_xray

__all__ = ["SECTIONS", "terminal_xray"]
