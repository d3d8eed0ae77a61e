"""A Dockerfile that packs what a slim build has kept: the build that there is becomes a stage, and
the image starts from nothing."""

from slimmer.advise.rewriting.needed import Needed, PathFate, needed_of
from slimmer.advise.rewriting.writing import MARK, Settings, rewritten

__all__ = ["MARK", "Needed", "PathFate", "Settings", "needed_of", "rewritten"]
