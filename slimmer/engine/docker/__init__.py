"""Docker, by its SDK."""

from slimmer.engine.docker.client import DockerEngine
from slimmer.engine.docker.sdk import Client

__all__ = ["Client", "DockerEngine"]
