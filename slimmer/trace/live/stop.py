"""The end of a live trace: its container stopped, and what it saw saved."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from slimmer.disk import PRIVATE, file_beside, is_directory, space_errors
from slimmer.ecosystems import DEPENDENCY_FOLDERS
from slimmer.engine import Session, connect, end_owner, remove_containers_of
from slimmer.errors import OriginalExitedError, SlimError, TraceIncompleteError, UsageError
from slimmer.files import read_packages
from slimmer.image import read_original
from slimmer.trace.live.document import LiveTrace
from slimmer.trace.live.place import Place, Standing, find_place
from slimmer.trace.run import FileServer
from slimmer.trace.saved import SavedTrace, record, to_bytes
from slimmer.trace.wire import read_trace
from slimmer.words import last_lines
from slimmer.workspace import workspace

_PATIENCE = 180.0
"""Seconds that a process may take to end, beside its container's: it asks a busy engine."""


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """A trace that has ended."""

    live: LiveTrace
    saved: SavedTrace
    file: Path


def stop_trace(
    name: str, file: Path, *, ending: Callable[[LiveTrace], None] = lambda _: None
) -> Stopped:
    """Stop the container as `docker stop` would, save its trace, and forget it. `ending` is told
    of what is being stopped.

    Raises UsageError for a name that nobody has and a file that cannot be written,
    TraceIncompleteError where the daemon was killed or the container ended
    without telling (its records so far are kept in `FILE.incomplete`), and OriginalExitedError,
    with the trace saved, where the container's command had failed on its own.
    """
    place = find_place(name)
    if is_directory(file) or not is_directory(file.absolute().parent):
        raise UsageError(
            f"the trace cannot be saved to {file}", hint="name a file in a folder that is there"
        )
    live = _ended(place, ending)
    if live is None or live.end is None or live.end.error:
        raise _incomplete(place, live, file)
    saved = _record(place, live)
    beside = file_beside(file.absolute(), mode=PRIVATE)
    with space_errors(file, "saving the trace"), beside as unfinished:
        unfinished.stream.write(to_bytes(saved))
        unfinished.rename_to(file.absolute())
    place.remove()
    if live.end.exit_status and live.is_service:
        raise OriginalExitedError(
            f"the container's command ended by itself with status {live.end.exit_status} while it "
            f"was traced; what was seen until then is saved to {file}",
            hint=last_lines(live.end.logs),
            details=live.end.logs,
        )
    return Stopped(live=live, saved=saved, file=file)


def discard_trace(name: str) -> None:
    """Stop the container and forget the trace, whatever became of it."""
    place = find_place(name)
    live = _ended(place, lambda _: None)
    if live is not None:
        _remove_containers(live)
    place.remove()


def _ended(place: Place, ending: Callable[[LiveTrace], None]) -> LiveTrace | None:
    """The trace when its process has ended; None where it never became ready."""
    live = place.read()
    if live is not None and live.end is None and place.standing() is Standing.RUNNING:
        ending(live)
    limit = _PATIENCE + (live.stop_timeout if live is not None else 0.0)
    if not end_owner(place.owner(), limit):
        raise TraceIncompleteError(
            f"the daemon of the trace {place.name} does not end",
            hint="`slim trace stop` once more, or kill it and let `slim clean` remove the rest",
            details=place.owner(),
        )
    return place.read()


def _incomplete(place: Place, live: LiveTrace | None, file: Path) -> SlimError:
    """The error for a trace that cannot be saved. What is left of it goes, but for its records."""
    if live is None:
        place.remove()
        return TraceIncompleteError(
            f"{place.name} was never ready, and is stopped",
            hint="`slim trace start` returns when it is",
        )
    error = live.end.error if live.end else "its daemon was killed"
    kept = file.absolute().with_name(f"{file.name}.incomplete")
    with space_errors(kept, "keeping the records"):
        shutil.copyfile(place.records, kept)
        kept.chmod(PRIVATE)
    details = live.end.logs if live.end else place.last_words()
    _remove_containers(live)
    place.remove()
    return TraceIncompleteError(
        f"the trace {place.name} is incomplete: {error}",
        hint=f"no image can be built from it; `slim debug trace {kept.name}` prints the records "
        "that there are",
        details=details,
    )


def _record(place: Place, live: LiveTrace) -> SavedTrace:
    assert live.end is not None
    engine = connect()
    try:
        original = read_original(live.image, engine.inspect_image(live.image_id))
        with Session(engine) as session, workspace() as folder:
            server = FileServer(session, original, folder / "content")
            index = server.index()
            trace = read_trace(place.records, index)
            return record(
                original,
                trace,
                live.probes,
                port=live.port,
                ready_seconds=live.ready_seconds,
                # A service that a test has shut down is none that ends by itself.
                exit_status=None if live.is_service else live.end.exit_status,
                notes=(*live.notes, *trace.notes),
                index=index,
                content=server.content,
                packages=read_packages(index, server.content),
                dependency_folders=DEPENDENCY_FOLDERS,
            )
    finally:
        engine.close()


def _remove_containers(live: LiveTrace) -> None:
    """Those that a killed process has left."""
    engine = connect()
    try:
        remove_containers_of(engine, live.session)
    finally:
        engine.close()
