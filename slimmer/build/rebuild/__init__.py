"""The images of a provenance, made again."""

from slimmer.build.rebuild.rebuilding import rebuild

__all__ = ["rebuild"]
