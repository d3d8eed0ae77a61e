"""The commands that come next, as the end of a build names them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from slimmer.build.job import Job
from slimmer.engine import exposed_ports
from slimmer.options import run_flags
from slimmer.values import EntryType, LayerPlan, RunOptions


def next_commands(job: Job, plans: Iterable[LayerPlan]) -> tuple[str, ...]:
    """Run the image, see what was dropped, ask why something is there. Each can be typed as it is,
    unless `…` stands for what the original needs to be run with, which may be secret."""
    image = shlex.quote(job.slim_name)
    flags = "-P " if exposed_ports(job.original.config) else ""
    if job.options.seccomp is not None:
        flags += f"--security-opt seccomp={shlex.quote(str(job.options.seccomp))} "
    if _needs_more(job.options.run):
        flags += "… "
    largest = max(
        (entry for plan in plans for entry in plan.entries if entry.type is EntryType.FILE),
        key=lambda entry: (entry.size, entry.path),
        default=None,
    )
    why = f"slim why {image} {shlex.quote(largest.path)}" if largest is not None else ""
    commands = (
        f"{job.session.engine.tool} run --rm {flags}{image}",
        f"slim diff {image}",
        why,
    )
    return tuple(filter(None, commands))


def _needs_more(run: RunOptions) -> bool:
    """Whether `docker run` has to be told something of what the build was told."""
    ours = ("--port=", "--start-timeout=", "--probe-", "--settle=", "--stop-timeout=")
    return any(not flag.startswith(ours) for flag in run_flags(run))
