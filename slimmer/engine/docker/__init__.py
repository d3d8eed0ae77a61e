"""Docker, by its SDK."""

from slimmer.engine.docker.client import DockerEngine

__all__ = ["DockerEngine"]
