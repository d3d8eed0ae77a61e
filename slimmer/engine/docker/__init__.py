"""Docker, by its SDK."""

from slimmer.engine.docker.connection import connect

__all__ = ["connect"]
