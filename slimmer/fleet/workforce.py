"""Workers on Dask distributed: each owns one engine, and has one build at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import resource_tracker
from typing import Any, Final

from slimmer.errors import BuildLostError, EngineUnreachableError, UsageError
from slimmer.fleet.child import end_builds, failed
from slimmer.fleet.job import Job, Outcome
from slimmer.fleet.worker import clean_up, work
from slimmer.interruption import unheard_by_children, uninterrupted
from slimmer.probing import require
from slimmer.remains import finished
from slimmer.workspace import workspace

RESOURCE: Final = "engine"
"""Of a worker: how many builds it does at a time, 1."""
_CENSUS: Final = 2.0
"""Seconds between two looks at how many workers there are."""
_CONNECTING: Final = 15.0
"""Seconds until a scheduler must answer at first."""
_RECONNECTING: Final = 300.0
"""Seconds for a scheduler that was lost to come back."""
_ENDING: Final = 5.0
"""Seconds for a build that has ended to be told of."""
_CALM: Final = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.scheduler.work-stealing": False,
}
"""What Dask does again and again for tasks of milliseconds took 0.5 s of processor time for each
build of some seconds."""
Key = tuple[str, int]
Ended = tuple[Job, Outcome | None]
"""A job and its outcome; None where both were lost with the scheduler, and it has to be sent
again."""


class Workforce:
    """Jobs go in, outcomes come out, in whatever order."""

    def __init__(self, connect: Callable[[], Any], do: Callable[[Job], Outcome] = work) -> None:
        """`connect` gives a client of Dask; `do` is what is done with a job."""
        self._connect = connect
        self._do = do
        self._client = connect()
        self._ended: queue.SimpleQueue[tuple[Key, Any]] = queue.SimpleQueue()
        self._running: dict[Key, tuple[Job, Any]] = {}
        self._sent = 0
        self._looked = 0.0
        self._size = 0

    @property
    def dashboard(self) -> str:
        """Its address; empty where bokeh, which draws it, is missing."""
        return str(self._client.dashboard_link or "") if _has_bokeh() else ""

    @property
    def size(self) -> int:
        """How many workers there are that have an engine."""
        if time.monotonic() - self._looked > _CENSUS:
            with contextlib.suppress(Exception):  # a scheduler that is away is seen by its jobs
                workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
                self._size = sum(RESOURCE in each["resources"] for each in workers)
            self._looked = time.monotonic()
        return self._size

    def submit(self, job: Job) -> None:
        """Let a worker do it; one that dies is replaced by another, three times at the most."""
        self._sent += 1
        # Of one group: the scheduler never forgets a group, and makes one for each other name.
        key = ("build", self._sent)
        future = self._client.submit(
            self._do, job, key=key, resources={RESOURCE: 1}, pure=False, retries=0
        )
        self._running[key] = job, future
        future.add_done_callback(lambda done: self._ended.put((key, done)))

    def ended(self, timeout: float) -> Iterator[Ended]:
        """What has ended, waited for up to `timeout` seconds."""
        wait = timeout
        while True:
            if self._client.status in ("closed", "closing", "connecting"):
                yield from self._start_again()
                return
            try:
                key, future = self._ended.get(timeout=max(0.0, min(wait, 1.0)))
            except queue.Empty:
                wait -= 1.0
                if wait <= 0:
                    return
                continue
            wait = 0.0
            if key in self._running:
                job, _ = self._running[key]
                yield job, _outcome(job, future)
                del self._running[key]  # not before: an interruption may fall upon the outcome
                future.release()

    def _start_again(self) -> Iterator[Ended]:
        """All that was under way is lost with a scheduler; what its workers were doing ends."""
        lost = [job for job, _ in self._running.values()]
        self._running.clear()
        with contextlib.suppress(Exception):
            self._client.close(timeout=1)
        deadline = time.monotonic() + _RECONNECTING
        while True:
            try:
                self._client = self._connect()
                break
            except EngineUnreachableError:
                if time.monotonic() > deadline:
                    raise
        self._looked = 0.0
        yield from ((job, None) for job in lost)

    def end_builds(self) -> None:
        """Let the workers, which are ours alone, end what they do, with all that it has made."""
        if self._running:
            with contextlib.suppress(Exception):
                self._client.run(end_builds)
        for _, future in self._running.values():
            with contextlib.suppress(Exception):  # that of another may be lost
                outcome = future.result(timeout=_ENDING)
                if outcome.is_built:  # it was done just before
                    finished(outcome.name)

    def close(self) -> None:
        """Give up what is under way."""
        with contextlib.suppress(Exception):
            self._client.close(timeout=5)


def _outcome(job: Job, future: Any) -> Outcome | None:
    if future.status == "finished":
        outcome: Outcome = future.result()
        return outcome
    if future.status == "error":
        error = future.exception()
        return failed(
            job,
            BuildLostError(
                f"no worker brought the build to its end: {error}",
                hint="did the machine run out of memory? `slim clean` removes what it left",
            ),
        )
    return None


@contextlib.contextmanager
def local_workers(
    engines: Sequence[str], do: Callable[[Job], Outcome] = work
) -> Iterator[Workforce]:
    """A worker process on this machine for each of these addresses."""
    distributed = require_distributed()
    import dask

    _quiet()
    with contextlib.ExitStack() as stack:
        folder = str(stack.enter_context(workspace()))
        stack.enter_context(dask.config.set({"temporary-directory": folder, **_CALM}))
        # Whoever may send tasks may do everything that this user may: loopback is not enough.
        security = distributed.Security.temporary()
        workers = {
            number: {
                "cls": distributed.Nanny,
                "options": {
                    "nthreads": 1,
                    "resources": {RESOURCE: 1},
                    "env": {"DOCKER_HOST": engine} if engine else {},
                    "security": security,
                    "host": "127.0.0.1",
                    "memory_limit": 0,
                    "dashboard": False,
                    "silence_logs": logging.CRITICAL,
                },
            }
            for number, engine in enumerate(engines)
        }
        scheduler = {
            "cls": distributed.Scheduler,
            "options": {
                "host": "127.0.0.1",
                "port": 0,
                "security": security,
                "dashboard": _has_bokeh(),
                "dashboard_address": "127.0.0.1:0",
            },
        }
        # Workers are told of an interruption by us. A cluster that is half made cannot be closed.
        resource_tracker.ensure_running()  # it unblocks what is blocked
        with uninterrupted(), unheard_by_children():
            cluster = stack.enter_context(
                distributed.SpecCluster(workers=workers, scheduler=scheduler, security=security)
            )
        workforce = Workforce(lambda: _client(distributed, cluster), do)
        stack.callback(workforce.close)
        stack.callback(workforce.end_builds)
        yield workforce


@contextlib.contextmanager
def workers_of(scheduler: str, do: Callable[[Job], Outcome] = work) -> Iterator[Workforce]:
    """Those of a scheduler that runs. Raises EngineUnreachableError where none does."""
    distributed = require_distributed()
    _quiet()
    workforce = Workforce(lambda: _client(distributed, scheduler), do)
    try:
        yield workforce
    finally:
        workforce.close()


def _client(distributed: Any, target: Any) -> Any:
    try:
        client = distributed.Client(target, timeout=_CONNECTING, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise EngineUnreachableError(
            f"no Dask scheduler answers at {target}",
            hint="start one with a worker for each engine: docs/fleet.md says how",
            details=str(error),
        ) from error
    except ValueError as error:
        raise UsageError(f"--scheduler {target}: {error}", hint="write tcp://HOST:PORT") from error

    class Cleaning(distributed.WorkerPlugin):  # type: ignore[misc]
        """Each worker begins with a clean engine."""

        name = "slim-clean"

        async def setup(self, worker: Any) -> None:
            await asyncio.to_thread(clean_up)

    client.register_plugin(Cleaning())
    return client


def _quiet() -> None:
    """Lost workers and schedulers are ours to tell of, and nothing but Dask, with what it stands
    on, logs here. Its loggers have levels of their own, and some come to be later."""
    logging.disable(logging.CRITICAL)


def _has_bokeh() -> bool:
    from importlib.util import find_spec

    return find_spec("bokeh") is not None


def require_distributed() -> Any:
    """The library. Raises MissingExtraError."""
    require("cryptography", extra="fleet", what="slim fleet")  # for keys of a cluster of our own
    return require("distributed", extra="fleet", what="slim fleet")
