"""Where builds have put their reports: `slim why` and `slim diff` find them from any folder.

A file for each image below `$XDG_STATE_HOME/slimmer/reports` (`~/.local/state` where that is not
set) has the places of its reports, the newest first: who builds the same again gets the same image,
and a folder of then may be gone. It is a convenience: where it cannot be written, nothing is said.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from slimmer.report.files import JSON_NAME

_MOST: Final = 1000
"""Images that are remembered; the oldest are forgotten."""
_PLACES: Final = 8
"""Places of one image."""


def remember_report(directory: Path, image_ids: Iterable[str]) -> None:
    """Note that the report in `directory` tells of these images (`sha256:…`)."""
    folder = _folder()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for identity in image_ids:
            here = os.fsencode(directory.absolute())
            others = [place for place in _places(identity) if place != here]
            (folder / _name(identity)).write_bytes(b"\0".join([here, *others][:_PLACES]))
        places = sorted(folder.iterdir(), key=lambda place: -place.stat().st_mtime_ns)
        for place in places[_MOST:]:
            place.unlink(missing_ok=True)


def remembered_reports(image_id: str) -> tuple[Path, ...]:
    """The report.json of each of this image's builds whose place is known; it may be another one's
    by now."""
    files = (Path(os.fsdecode(place)) / JSON_NAME for place in _places(image_id))
    return tuple(file for file in files if file.is_file())


def _places(image_id: str) -> list[bytes]:
    try:
        return (_folder() / _name(image_id)).read_bytes().split(b"\0")
    except OSError:
        return []


def _name(image_id: str) -> str:
    return image_id.rpartition(":")[2]


def _folder() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(state) / "slimmer" / "reports"
