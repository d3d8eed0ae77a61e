"""One build in a process of its own: what it keeps in memory, sets in its environment or loses by a
crash is nobody else's.

The process is forked from a template that has imported what builds need, since that takes as much
processor time as a small build itself. A pipe is its lifeline: once the worker at the other end is
no more, the build ends as if by SIGTERM, and takes what it has made in the engine with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import pickle
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, ClassVar, Final, TextIO

from slimmer.codec import Mismatch
from slimmer.errors import BuildLostError, InterruptedRunError, SlimError, as_slim_error
from slimmer.fleet.job import RESULTS, Job, LayerSize, Outcome
from slimmer.fleet.template import Fork, forks
from slimmer.interruption import BUDGET

LOG: Final = "build.log"
"""What a build says while it goes on, beside its report."""
_PAGE: Final = "report.html"
_LENGTH: Final = struct.Struct(">Q")
_LOOK: Final = 0.05
"""Seconds between two looks at whether builds have ended."""
_MOST_DETAILS: Final = 4000
"""Characters of an error's evidence that are kept."""


def serve_builds(control: socket.socket) -> None:
    """What the template does; a fork returns when its build is done."""
    from slimmer.build import load_steps

    load_steps()
    for commands, telling in forks(control):
        _build_here(commands, telling)


def _build_here(commands: BinaryIO, telling: int) -> None:
    """The job that `commands` begins with; its outcome to `telling`."""
    with os.fdopen(commands.fileno(), "rb", closefd=False) as whole:
        (length,) = _LENGTH.unpack(whole.read(_LENGTH.size))
        job, environment = pickle.loads(whole.read(length))
    os.environ.clear()
    os.environ.update(environment)
    threading.Thread(target=_follow, args=(commands.fileno(),), daemon=True).start()
    with open(telling, "w", encoding="ascii") as told:
        told.write(RESULTS.encode(_build(job, sys.stderr)) + "\n")


def _follow(lifeline: int) -> None:
    # Without a buffer: nothing is sent any more, and a lock of Python's would be held at the end.
    while os.read(lifeline, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _build(job: Job, log: TextIO) -> Outcome:
    from slimmer.build import build_image
    from slimmer.progress import console_progress

    begun = time.monotonic()
    progress = console_progress(log)
    try:
        report = build_image(job.options, progress)
    except SlimError as error:
        return failed(job, error, time.monotonic() - begun)
    except Exception as error:
        return failed(job, as_slim_error(error), time.monotonic() - begun)
    finally:
        progress.close()
    slim = report.slim
    assert slim is not None, "a build that went well has made an image"
    return Outcome(
        name=job.name,
        image=job.options.image,
        size_before=report.original.size,
        size=slim.size,
        image_id=slim.id,
        layers=tuple(
            LayerSize(name=each.name, digest=each.digest, size=each.size) for each in slim.layers
        ),
        seconds=time.monotonic() - begun,
        report=report.artifacts.get("page", ""),
    )


def failed(job: Job, error: SlimError, seconds: float = 0.0) -> Outcome:
    """The outcome of a build that ended by this error."""
    return Outcome(
        name=job.name,
        image=job.options.image,
        exit_code=error.exit_code,
        cause=error.cause,
        problem=error.message,
        hint=error.hint,
        details=error.details[-_MOST_DETAILS:],
        seconds=seconds,
        report=error.report_file,
    )


class _Builds:
    """Of this process, a worker."""

    under_way: ClassVar[dict[Path, Fork | None]] = {}
    """Each by its folder; None until its process is there, which may take seconds."""
    are_ending = False
    """Whether none begins any more."""


async def end_builds() -> None:
    """Interrupt those that are under way, and wait until they have taken away what they made."""
    _Builds.are_ending = True
    deadline = time.monotonic() + BUDGET
    while _Builds.under_way and time.monotonic() < deadline:
        for fork in tuple(_Builds.under_way.values()):
            if fork is not None:
                fork.interrupt()
        await asyncio.sleep(_LOOK)


def build_in_child(job: Job, environment: Mapping[str, str], folder: Path) -> Outcome:
    """Run the job in a child and wait for it, `job.seconds` at the most."""
    _Builds.under_way[folder] = None
    try:
        if _Builds.are_ending:
            return failed(job, _interrupted())
        return _in_child(job, environment, folder)
    finally:
        del _Builds.under_way[folder]


def _in_child(job: Job, environment: Mapping[str, str], folder: Path) -> Outcome:
    begun = time.monotonic()
    message = pickle.dumps((job, dict(environment)))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOG).open("wb") as log:
        fork = Fork(log)
        _Builds.under_way[folder] = fork
        with contextlib.suppress(BrokenPipeError, ValueError):  # it has ended: its log says why
            fork.lifeline.write(_LENGTH.pack(len(message)) + message)
            fork.lifeline.flush()
        said = None
        try:
            said = fork.said(job.seconds)
        finally:
            status = fork.end(BUDGET + 5)
    if said is None:
        return failed(job, _too_slow(job), time.monotonic() - begun)
    try:
        outcome: Outcome = RESULTS.decode(Outcome, said)
    except Mismatch:
        return failed(job, _silent(status, folder), time.monotonic() - begun)
    if outcome.is_built:
        return outcome
    page = Path(outcome.report).with_name(_PAGE) if outcome.report else folder / LOG
    return dataclasses.replace(outcome, report=str(page))


def _too_slow(job: Job) -> SlimError:
    return BuildLostError(
        f"the build took longer than {job.seconds:g} s",
        hint="raise `limits: {seconds: …}` in fleet.yaml, or look into build.log for what it "
        "waited for",
    )


def _interrupted() -> SlimError:
    return BuildLostError("the build was interrupted", hint="run slim fleet again")


def _silent(status: int, folder: Path) -> SlimError:
    if status == InterruptedRunError.exit_code:
        return _interrupted()
    lines = (folder / LOG).read_text("utf-8", "replace").splitlines()[-20:]
    return BuildLostError(
        f"the process of the build ended with status {status} and said nothing",
        hint="was it killed, as for want of memory? build.log has its last words",
        details="\n".join(lines),
    )
