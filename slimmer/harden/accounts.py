"""The users that an image knows, as an engine reads them."""

from __future__ import annotations

import os


def groups_of_users(passwd: bytes) -> dict[int, int]:
    """User id → id of the group that /etc/passwd gives it; of several lines the first counts."""
    found: dict[int, int] = {}
    for line in os.fsdecode(passwd).split("\n"):
        fields = line.split(":")
        if len(fields) > 3 and fields[2].isdigit() and fields[3].isdigit():
            found.setdefault(int(fields[2]), int(fields[3]))
    return found
