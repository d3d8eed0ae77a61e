"""Leaving a daemon behind that keeps a live trace."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from slimmer import FROM_STDIN, errors
from slimmer.errors import SlimError, TraceIncompleteError
from slimmer.image import is_image_id, parse_reference
from slimmer.trace.live.document import LiveTrace
from slimmer.trace.live.place import Place, new_place


def start_trace(image: str, name: str, command: Callable[[Path], Sequence[str]]) -> LiveTrace:
    """Reserve a place for a trace, and run `slim` with the arguments that `command` gives for the
    place's folder, in a process that outlives this one and its terminal; returns when the
    application is ready. Without `name` the trace is called after its image.

    The arguments go to that process' stdin: values of variables are among them, and whoever is on
    the machine can read a command line.

    That process writes one line of JSON to its stdout: `{"name": …}`, or `{"error": …}` as the
    command line writes it for machines, which is raised here as the error that it was there.
    """
    place = new_place(name or _name_for(image))
    try:
        return _start(place, command(place.folder))
    except BaseException:
        place.remove()
        raise


def _start(place: Place, arguments: Sequence[str]) -> LiveTrace:
    with place.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "slimmer", FROM_STDIN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # a terminal that closes takes its own session with it
        )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdout:
        try:
            with contextlib.suppress(BrokenPipeError), process.stdin as stdin:
                stdin.write(json.dumps(arguments).encode())
            line = process.stdout.readline()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    answer = json.loads(line) if line.endswith(b"\n") else {}
    if "name" in answer and (live := place.read()) is not None:
        return live
    process.wait()
    if "error" in answer:
        raise _as_raised(answer["error"])
    raise TraceIncompleteError(
        "the daemon of the trace ended without reporting why",
        hint="was it killed? `slim clean` cleans up after it",
        details=place.last_words(),
    )


def _name_for(image: str) -> str:
    """`my-app-3f9c` for `registry.example/team/my-app:1`."""
    path = "image" if is_image_id(image) else parse_reference(image).path
    return f"{path.rpartition('/')[2]}-{uuid.uuid4().hex[:4]}"


def _as_raised(error: dict[str, Any]) -> SlimError:
    """The error that another process of slimmer wrote down."""
    known = (each for each in vars(errors).values() if isinstance(each, type))
    kinds = [
        each
        for each in known
        if issubclass(each, SlimError) and each.exit_code == error["exit_code"]
    ]
    return (kinds or [SlimError])[0](error["message"], hint=error["hint"], details=error["details"])
