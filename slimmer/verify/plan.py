"""What a finished image has to do, and how it is started for that."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from slimmer.engine import Session
from slimmer.errors import CommandNotFoundError, EngineOperationError
from slimmer.probing.kinds import ExecProbe
from slimmer.values import ImageKind, Probe, RunOptions
from slimmer.verify.target import PlainRun

NOT_STARTED = (CommandNotFoundError, EngineOperationError)
"""What the engine says of an image that it cannot start, where it could start the original with
the same options: there is no such program, or no such user."""
SHORTEST_LIMIT = 20.0
"""Seconds that a finished image gets to become ready, however quick the original was: a machine may
be busy, which is no reason to call an image broken."""
HEALTH_INTERVAL = 0.5
"""Seconds between two runs of the HEALTHCHECK, whose own interval is 30 s unless the image says
otherwise."""
PATIENCE, LEAST_PATIENCE = 5.0, 2.0
"""How many times longer than the original a finished image may take to become ready, and may take
where that is beyond `--start-timeout`: the original may have got ready in its last second."""


@dataclass(frozen=True, kw_only=True)
class SmokePlan:
    """What a finished image has to do."""

    role: str = ""
    """The role of slim.yaml; empty where the image has only one."""
    run: RunOptions
    probes: tuple[Probe, ...]
    """In order; the first observes readiness."""
    port: int | None
    """The port of probes that name none, as the traced run found it."""
    ports: tuple[int, ...]
    """All ports to publish."""
    ready_seconds: float
    """How long the original took to become ready."""
    exit_status: int | None
    """The original's exit status where its command ends by itself, else None."""
    own_command: ExecProbe | None = None
    """The command as a probe, where what it writes is looked at when it has ended."""
    seccomp: str = ""
    """The text of the seccomp profile that is in force; empty: the engine's own, or the run's."""
    is_healthy: bool = False
    """Whether the original has passed its HEALTHCHECK."""
    is_faulty_at_first: bool = False
    """Whether the original may say that it failed while it is starting."""

    @property
    def ready_limit(self) -> float:
        """Seconds that a finished image gets to become ready."""
        longest = max(self.run.start_timeout, LEAST_PATIENCE * self.ready_seconds)
        return min(longest, max(SHORTEST_LIMIT, PATIENCE * self.ready_seconds))

    @property
    def faulty_seconds(self) -> float:
        """Seconds from its start in which a finished image that says that it failed is taken to
        be starting."""
        return PATIENCE * self.ready_seconds if self.is_faulty_at_first else 0.0


def start(
    session: Session,
    image: str,
    plan: SmokePlan,
    run: RunOptions,
    kind: ImageKind,
    stdin: bytes = b"",
) -> PlainRun:
    """A container of the image. Raises one of NOT_STARTED where the engine cannot start it."""
    if plan.seccomp:
        options = (*run.security_opts, f"seccomp={plan.seccomp}")
        run = dataclasses.replace(run, security_opts=options)
    return PlainRun(
        session,
        image,
        run,
        purpose="reference" if kind is ImageKind.ORIGINAL else kind,
        ports=plan.ports,
        default_port=plan.port,
        stdin=stdin,
        health_interval=HEALTH_INTERVAL if plan.is_healthy else 0.0,
        settles_in=plan.faulty_seconds,
    )
