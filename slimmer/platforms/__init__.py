"""An image for several platforms: a build of each on an engine that has it, and an index of what
they have made.

Every platform is a `slim build` in a process of its own; nothing here knows how one is done.
"""

from slimmer.platforms.building import build_platforms
from slimmer.platforms.result import DOCUMENTS, BuiltPlatform, IndexOf, PlatformsReport

__all__ = ["DOCUMENTS", "BuiltPlatform", "IndexOf", "PlatformsReport", "build_platforms"]
