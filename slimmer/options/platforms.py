"""`--platform` and `--engine`: what an image is built for, and where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from slimmer.errors import UsageError
from slimmer.options.kinds import Several
from slimmer.options.options import Platform
from slimmer.values import usual_platform

_PLATFORM: Final = r"linux/[a-z0-9_]+(?:/v\d+)?"
_WANTED: Final = re.compile(rf"({_PLATFORM})(?:=(.+))?")
_ENGINE: Final = re.compile(rf"({_PLATFORM})=([a-z]+://.+)")


def _platforms(text: str, _: Path) -> tuple[Platform, ...]:
    found = []
    for each in text.split(","):
        match = _WANTED.fullmatch(each.strip())
        if match is None:
            raise UsageError(
                f"`{each}` is not a platform",
                hint="as in linux/amd64,linux/arm64; where the image for one has another name, "
                "linux/arm64=my-app:arm64",
            )
        found.append(Platform(name=usual_platform(match[1]), image=match[2] or ""))
    return tuple(found)


def _engines(text: str, _: Path) -> tuple[tuple[str, str], ...]:
    match = _ENGINE.fullmatch(text)
    if match is None:
        raise UsageError(
            f"`{text}` does not say which engine is for which platform",
            hint="as in linux/arm64=ssh://user@host",
        )
    return ((usual_platform(match[1]), match[2]),)


PLATFORMS: Final = Several(metavar="OS/ARCH[=IMAGE]", parse=_platforms)
ENGINES: Final = Several(metavar="OS/ARCH=ADDRESS", parse=_engines)
