"""Time zones."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.files import is_below
from slimmer.keep.rule import BEYOND_MINIMAL, Rule, Want
from slimmer.values import EntryType

_ZONES = "/usr/share/zoneinfo"
# The same zones once more: under another name, and with leap seconds, which no program wants.
_TWICE = (f"{_ZONES}/posix", f"{_ZONES}/right")


class ZoneInfoRule(Rule):
    """Which zone is asked for is known when a user of the application says where he lives."""

    name = "zone-info"
    summary = "the time zone database"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        for entry in self.context.index.subtree(self.context.index.real_path(_ZONES)):
            if entry.type is not EntryType.DIRECTORY and not any(
                is_below(entry.path, twice) for twice in _TWICE
            ):
                yield Want(path=entry.path, detail="part of the time zone database")
