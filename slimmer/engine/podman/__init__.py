"""Podman, by the API that it has in common with Docker and by its own, libpod's."""

from slimmer.engine.podman.client import PodmanEngine

__all__ = ["PodmanEngine"]
