"""What the builder copied into an image, read off the image's history.

Builders write each instruction into the history in their own words:

    /bin/sh -c #(nop) COPY dir:4a5c… in app             Docker's classic builder, buildah
    /bin/sh -c #(nop) COPY --chown=web:webdir:4a5c… in app     with a flag: no space behind it
    COPY --chown=web:web app/ ./ # buildkit             BuildKit, expanded
    COPY app /srv/app                                   kaniko

The classic ones name no sources. A destination is relative to the WORKDIR of that moment.
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from slimmer.values import CopiedFiles

_SHELL = "/bin/sh -c #(nop)"
_BUILDKIT = "# buildkit"
_COMMANDS = ("CMD", "ENTRYPOINT")
_LAYERLESS = re.compile(
    r"(?:ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER"
    r"|VOLUME|WORKDIR)\b.*",
    re.DOTALL,
)
_INSTRUCTION = re.compile(r"(?P<name>COPY|ADD|WORKDIR)\s+(?P<rest>.+)", re.DOTALL)
_BY_DIGEST = re.compile(r".*(?:file|dir|multi):[0-9a-f]{32,}\s+in\s+(?P<place>.+)", re.DOTALL)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|git@")


def copied_files(history: Iterable[Mapping[str, Any]]) -> tuple[CopiedFiles, ...]:
    """The COPY and ADD instructions of `GET /images/NAME/history` (newest first), oldest first.

    What is written in a way that nobody knows is left out: history is a builder's note, and no
    promise.
    """
    directory = "/"
    found: list[CopiedFiles] = []
    for step in reversed(list(history)):
        match = _INSTRUCTION.fullmatch(_text(step))
        if match is None:
            continue
        if match["name"] == "WORKDIR":
            directory = _absolute(directory, match["rest"].strip())
            continue
        sources, destination = _arguments(match["rest"].strip())
        if destination and "$" not in destination:
            found.append(
                CopiedFiles(destination=_absolute(directory, destination), sources=sources)
            )
    return tuple(found)


def begins_with_base(history: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the lowest layer is a distribution's root and not what an author has put into
    `scratch`: whoever copies to a place other than `/` has no distribution there."""
    for step in reversed(list(history)):
        match = _INSTRUCTION.fullmatch(_text(step))
        if match is None:
            return True
        if match["name"] != "WORKDIR":
            return _absolute("/", _arguments(match["rest"].strip())[1] or "/") == "/"
    return True


def base_finished(history: Iterable[Mapping[str, Any]]) -> int:
    """When the image that this one is `FROM` was finished, in seconds since 1970; 0 where the
    history does not show it.

    An image that is to be run ends with a command. One that comes after it, with files between the
    two, is another Dockerfile's. An ENTRYPOINT in front of the files and a CMD behind them may well
    be of one, so the same instruction has to come twice, or an ENTRYPOINT after a CMD.
    """
    steps = list(reversed(list(history)))
    texts = list(map(_text, steps))
    has_files = [bool(text) and _LAYERLESS.fullmatch(text) is None for text in texts]
    last: dict[str, int] = {}
    finished = -1
    for number, text in enumerate(texts):
        name = text.partition(" ")[0]
        if name not in _COMMANDS:
            continue
        for before in {name, "CMD"} & last.keys():
            if any(has_files[last[before] : number]):
                finished = max(finished, last[before])
        last[name] = number
    if finished < 0:
        return 0
    # Builders that are given a date write it in place of the time, and the files are younger. What
    # was copied first is younger still.
    first = next(number for number in range(finished + 1, len(steps)) if has_files[number])
    is_copied = _INSTRUCTION.fullmatch(texts[first]) is not None
    return int(steps[first if is_copied else finished].get("Created") or 0)


def _text(step: Mapping[str, Any]) -> str:
    """The instruction without the builder's own words."""
    text = str(step.get("CreatedBy") or "").strip()
    return text.removeprefix(_SHELL).removesuffix(_BUILDKIT).strip()


def _arguments(text: str) -> tuple[tuple[str, ...], str]:
    """(sources, destination); sources are empty where only a digest stands for them."""
    by_digest = _BY_DIGEST.fullmatch(text)
    if by_digest:
        return (), by_digest["place"].strip()
    try:
        words = _words(text)
    except ValueError:
        return (), ""
    if len(words) < 2:
        return (), ""
    *sources, destination = words
    return tuple(source for source in sources if not _ADDRESS.match(source)), destination


def _words(text: str) -> list[str]:
    while text.startswith("--"):
        text = text.partition(" ")[2].lstrip()
    if text.startswith("["):
        words = json.loads(text)
        return [word for word in words if isinstance(word, str)]
    return shlex.split(text)


def _absolute(directory: str, place: str) -> str:
    return posixpath.normpath(posixpath.join(directory, place)).replace("//", "/")
