"""slimmer: turns a bloated container image into a minimal one that still works."""

__version__ = "0.1.0"
