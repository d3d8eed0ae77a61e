"""The local time zone."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.files import join
from slimmer.keep.rule import Rule, Want

_ZONES = "/usr/share/zoneinfo"


class LocalTimeRule(Rule):
    """Logs change their times without it, and nothing fails."""

    name = "local-time"
    summary = "the local time zone: /etc/localtime, /etc/timezone, and what TZ names"

    def begin(self) -> Iterable[Want]:
        for path in ("/etc/localtime", "/etc/timezone"):
            yield Want(path=path, detail="the local time zone")
        zone = self.context.request.variables.get("TZ", "").removeprefix(":")
        if zone and ".." not in zone.split("/"):
            yield Want(path=join(_ZONES, zone), detail=f"the zone of TZ={zone}")
