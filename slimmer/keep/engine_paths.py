"""Paths that the engine or slimmer itself puts into a running container. The index was taken in
one, so they are in it, but they are none of the original's content and never count.
"""

from __future__ import annotations

from slimmer.values import Entry, EntryType

# Mounted by the engine over whatever the image has there, in every container: the bytes that the
# file server can see are the engine's. A link there is the image's own, and the mount its target.
MOUNTED_FILES = frozenset(("/etc/hosts", "/etc/hostname", "/etc/resolv.conf"))
_MARKERS = frozenset(("/.dockerenv", "/run/.containerenv", "/.slim"))
_MOUNTED_TREES = ("/proc/", "/sys/", "/dev/", "/.slim/")


def is_engine_artefact(entry: Entry) -> bool:
    """Whether this entry is the engine's. The mount points of whole trees (`/proc`) are not."""
    path = entry.path
    if path in MOUNTED_FILES:
        return entry.type is not EntryType.SYMLINK
    return path in _MARKERS or path.startswith(_MOUNTED_TREES)
