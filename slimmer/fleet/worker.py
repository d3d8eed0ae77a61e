"""What a worker does with a job: the original into its engine, the build, the result home."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

from slimmer.engine import Engine, connect
from slimmer.errors import EngineOperationError, SlimError
from slimmer.fleet.child import build_in_child, failed
from slimmer.fleet.job import Job, Outcome
from slimmer.fleet.planning import names_of
from slimmer.upkeep import find_leftovers, remove_leftovers


def work(job: Job) -> Outcome:
    """Never raises a SlimError: it is the outcome."""
    try:
        with _engines(job) as (own, home):
            brought = _fetch(job, own, home) if home is not None else ()
            try:
                outcome = _built(job, own)
                if outcome.is_built and home is not None:
                    outcome = _bring_home(job, outcome, own, home)
            finally:
                for name in brought:
                    own.remove_image(name)
            return dataclasses.replace(outcome, engine=own.address)
    except SlimError as error:
        return failed(job, error)


def clean_up() -> None:
    """Remove what dead runs left in the worker's engine; one that does not answer will fail the
    first build, which says why."""
    with contextlib.suppress(SlimError):
        engine = connect()
        try:
            remove_leftovers(engine, find_leftovers(engine))
        finally:
            engine.close()


@contextlib.contextmanager
def _engines(job: Job) -> Iterator[tuple[Engine, Engine | None]]:
    """The worker's engine, and the home where that is another one that can be reached."""
    own = connect()
    home: Engine | None = None
    try:
        if job.home_id and own.info().get("ID") != job.home_id:
            with contextlib.suppress(SlimError):
                home = connect(job.home)
        if home is not None and home.info().get("ID") != job.home_id:
            home.close()  # the same address, on another machine
            home = None
        yield own, home
    finally:
        for engine in (own, home):
            if engine is not None:
                engine.close()


def _fetch(job: Job, own: Engine, home: Engine) -> tuple[str, ...]:
    """Bring what the build reads and the worker's engine lacks, or has otherwise; the names of what
    goes again with the build. Bases stay, since others stand on them as well."""
    options = job.options
    brought = []
    for name in dict.fromkeys(filter(None, (options.image, *options.bases, options.debug_from))):
        there, here = home.find_image(name), own.find_image(name)
        if there is None:
            if here is None and options.pull and name == options.image:
                brought.append(name)  # the build will pull it
            continue
        if here is not None and here["Id"] == there["Id"]:
            continue
        _hand_over(name, there["Id"], home, own)
        if name not in options.bases:
            brought.append(name)
    return tuple(brought)


def _built(job: Job, own: Engine) -> Outcome:
    options = job.options
    saved = job.from_saved
    if saved is not None and saved.is_file():
        options = dataclasses.replace(options, from_trace=saved, save_trace=None)
    assert options.report_directory is not None, "planning names a folder for each build"
    return build_in_child(
        dataclasses.replace(job, options=options),
        {**os.environ, "DOCKER_HOST": own.address},
        Path(options.report_directory),
    )


def _hand_over(name: str, image: str, giver: Engine, taker: Engine) -> None:
    """The image of this id under its name. One that the taker has under another name, as often
    where several tags were slimmed, is not sent."""
    if taker.find_image(image) is not None:
        taker.tag_image(image, name)
    else:
        taker.load_image(giver.save_image(name))


def _bring_home(job: Job, outcome: Outcome, own: Engine, home: Engine) -> Outcome:
    """The results under their names in the home engine, and no more in the worker's."""
    made = {
        name: image["Id"] for name in names_of(job) if (image := own.find_image(name)) is not None
    }
    for name, image in made.items():
        _hand_over(name, image, own, home)
    found = home.find_image(job.name)
    if found is None:
        raise EngineOperationError(
            f"{job.name} was sent to the engine at {home.address}, which does not have it"
        )
    for name in made:
        own.remove_image(name)
    return dataclasses.replace(outcome, image_id=str(found["Id"]))
