"""The roles of an image in one build: each is run, traced and tested for itself, and what is
said of it has its name in front."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from slimmer.errors import InterruptedRunError, SlimError
from slimmer.options import BuildOptions, Role
from slimmer.values import (
    Original,
    Probe,
    ProbeResult,
    RunOptions,
    in_role,
)

T = TypeVar("T")


def is_shared(run: RunOptions) -> bool:
    """Whether two containers of a run may meet: at a port of the host, or in a volume."""
    return bool(run.volumes) or run.network.startswith(("host", "container:"))


def runs_here(probes: Iterable[Probe]) -> bool:
    """Whether commands run on this machine: two of them may meet in its files."""
    return any(probe.runs_here for probe in probes)


def pool_for_runs(options: BuildOptions) -> ThreadPoolExecutor:
    """Where containers run side by side, as many as the machine has cores; or one after the other,
    in the order of slim.yaml, where they could get into each other's way, or share what a compose
    file brings up."""
    alone = (
        options.compose is not None
        or any(is_shared(role.run) or role.run.network for role in options.roles)
        or any(runs_here((*role.probes, *role.checks)) for role in options.all_roles)
    )
    workers = 1 if alone else max(2, os.cpu_count() or 1)
    return ThreadPoolExecutor(workers, thread_name_prefix="role")


def all_results(futures: Sequence[Future[T]]) -> tuple[T, ...]:
    """What the futures bring. Raises the first failure as soon as there is one: those that have
    not begun yet never will, and the session's end stops the others."""
    done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
    for future in waiting:
        future.cancel()
    for future in futures:
        if future in done:
            future.result()
    return tuple(future.result() for future in futures)


@contextlib.contextmanager
def naming_role(role: Role) -> Iterator[None]:
    """Errors of the block name the role."""
    try:
        yield
    except InterruptedRunError:
        raise
    except SlimError as error:
        if role.name:
            error.message = f"role {role.name}: {error.message}"
            error.args = (error.message,)
        raise


def named(role: Role, result: ProbeResult) -> ProbeResult:
    """The result as it is told beside those of other roles."""
    if not role.name:
        return result
    probe = dataclasses.replace(result.probe, name=in_role(role.name, result.probe.name))
    return dataclasses.replace(result, probe=probe)


def original_in(role: Role, original: Original) -> Original:
    """The original as this role runs it: a worker or a job listens on no port, whatever the image
    EXPOSEs for the sake of its server."""
    probes = (*role.probes, *role.checks)
    explored = role.crawl is not None or role.openapi is not None
    by_command = all(probe.program for probe in probes)
    speaks = role.run.port or explored or not by_command
    if not role.name or role.runs_own_command or speaks:
        return original
    config = {key: value for key, value in original.config.items() if key != "ExposedPorts"}
    return dataclasses.replace(original, config=config)
