"""The folder of a live trace: who keeps it, what it is, and the sensor's records so far.

All of them lie below `$XDG_STATE_HOME/slimmer/traces` (`~/.local/state` where that is not set),
since a trace may be picked up in another shell, or after its container has ended.
"""

from __future__ import annotations

import contextlib
import enum
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from slimmer.disk import PRIVATE, file_beside, own_text, space_errors
from slimmer.engine import owner, owner_is_alive, owner_is_of_this_boot
from slimmer.errors import TraceFileError, UsageError
from slimmer.trace.live.document import LiveTrace, from_json, to_json

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}")
"""What the engine allows as a container's name."""


_LOG_TAIL = 4000
"""Characters."""
_LARGEST = 64 << 20
"""Bytes of the document."""


class Standing(enum.Enum):
    """How a live trace stands."""

    STARTING = "starting"
    RUNNING = "running"
    ENDED = "ended"
    """The container's command has ended; the trace is complete, or says why not."""
    KILLED = "killed"
    """Its daemon is gone, and the trace has no end."""


@dataclass(frozen=True)
class Place:
    """The folder of one live trace."""

    folder: Path

    @property
    def name(self) -> str:
        """The trace's name."""
        return self.folder.name

    @property
    def records(self) -> Path:
        """The sensor's records, as they come."""
        return self.folder / "records"

    @property
    def log(self) -> Path:
        """What the daemon says, for when it breaks."""
        return self.folder / "log"

    def last_words(self) -> str:
        """What the daemon said last."""
        with contextlib.suppress(OSError):
            return self.log.read_text("utf-8", "replace")[-_LOG_TAIL:]
        return ""

    def own(self) -> None:
        """Let the folder belong to this process."""
        (self.folder / "owner").write_text(f"{owner()}\n{os.uname().nodename}", "utf-8")

    def owner(self) -> str:
        """The process that it belongs to; empty where that is not known."""
        return self._owner()[0]

    def write(self, live: LiveTrace) -> None:
        """Write down what is known, whole or not at all."""
        with file_beside(self._document, mode=PRIVATE) as unfinished:
            unfinished.stream.write(to_json(live).encode())
            unfinished.rename_to(self._document)

    def read(self) -> LiveTrace | None:
        """What is known; None before the container was ready. Raises TraceFileError."""
        try:
            return from_json(own_text(self._document, limit=_LARGEST))
        except FileNotFoundError:
            return None

    def standing(self) -> Standing:
        """How the trace stands."""
        # In this order: the process writes down the end, and ends then.
        alive = self._has_daemon()
        live = self.read()
        if live is not None and live.end is not None:
            return Standing.ENDED
        if not alive:
            return Standing.KILLED
        return Standing.STARTING if live is None else Standing.RUNNING

    def remove(self) -> None:
        """Forget the trace."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _document(self) -> Path:
        return self.folder / "trace.json"

    def _owner(self) -> tuple[str, str]:
        """The process, and the name of its machine."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            process, _, machine = own_text(self.folder / "owner").partition("\n")
            return process, machine
        return "", ""

    def _has_daemon(self) -> bool:
        process, machine = self._owner()
        alive = owner_is_alive(process)
        if alive is not None:
            return alive
        # It is in another PID namespace; or it is of an earlier start of this machine, and gone; or
        # of another machine, since several may share the disk.
        is_elsewhere = owner_is_of_this_boot(process) or machine != os.uname().nodename
        return bool(process) and is_elsewhere


def new_place(name: str) -> Place:
    """A folder for a trace of this name, owned by this process. Raises UsageError where there is
    one, or the name is none."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"`{name}` cannot be the name of a container",
            hint="letters, digits, `_`, `.` and `-`, the first one a letter or digit",
        )
    place = Place(_root() / name)
    with space_errors(_root(), "starting a trace"):
        _root().mkdir(parents=True, exist_ok=True)
        try:
            place.folder.mkdir(mode=0o700)
        except FileExistsError:
            raise _taken(place) from None
        place.own()
    return place


def find_place(name: str) -> Place:
    """The folder of the trace of this name. Raises UsageError where there is none."""
    place = Place(_root() / name)
    if not _NAME.fullmatch(name) or not place.folder.is_dir():
        known = ", ".join(each.name for each in all_places())
        raise UsageError(
            f"there is no trace named {name}: it was never started, or has been stopped already",
            hint=f"these are there: {known}" if known else "`slim trace start IMAGE` starts one",
        )
    return place


def all_places() -> list[Place]:
    """The folders of all traces, by name."""
    with contextlib.suppress(OSError):
        return [Place(folder) for folder in sorted(_root().iterdir()) if folder.is_dir()]
    return []


def abandoned_places() -> list[Place]:
    """The folders of which nothing can be had any more: their processes were killed."""
    found = []
    for place in all_places():
        with contextlib.suppress(OSError, UnicodeDecodeError, TraceFileError):
            if place.standing() is Standing.KILLED:
                found.append(place)
    return found


def _taken(place: Place) -> UsageError:
    hint = {
        Standing.KILLED: "it was killed; `slim clean` cleans up after it",
        Standing.ENDED: f"it has ended; `slim trace stop {place.name} -o FILE` saves it",
    }
    return UsageError(
        f"there is a trace named {place.name} already",
        hint=hint.get(place.standing(), f"`slim trace stop {place.name} -o FILE` ends it")
        + ", or choose another one with --name",
    )


def _root() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(state) / "slimmer" / "traces"
