"""The command line: `slim`. The one place that prints, and the one that ends the process."""

from slimmer.cli.main import main

__all__ = ["main"]
