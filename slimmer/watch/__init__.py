"""Watching a slim image while somebody else's tests use it: what does it miss?"""

from slimmer.watch.document import (
    SCHEMA_VERSION,
    WatchDocument,
    read_missed_paths,
    to_json,
    write_watched,
)
from slimmer.watch.findings import LostEntries, MissedPath, Watched
from slimmer.watch.watch import WatchEvents, WatchOptions, watch_image

__all__ = [
    "SCHEMA_VERSION",
    "LostEntries",
    "MissedPath",
    "WatchDocument",
    "WatchEvents",
    "WatchOptions",
    "Watched",
    "read_missed_paths",
    "to_json",
    "watch_image",
    "write_watched",
]
