"""Watching a slim image while somebody else's tests use it: what does it miss?"""

from slimmer.watch.document import (
    WatchDocument,
    read_missed_paths,
    to_json,
    write_watched,
)
from slimmer.watch.findings import LostEntries, MissedPath, Watched
from slimmer.watch.watch import WatchOptions, watch_image

__all__ = [
    "LostEntries",
    "MissedPath",
    "WatchDocument",
    "WatchOptions",
    "Watched",
    "read_missed_paths",
    "to_json",
    "watch_image",
    "write_watched",
]
