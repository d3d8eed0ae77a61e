"""Docker, by its SDK."""

from slimmer.engine.docker.client import DockerEngine
from slimmer.engine.docker.connection import connect

__all__ = ["DockerEngine", "connect"]
