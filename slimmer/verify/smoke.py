"""The smoke test: a finished image must pass every probe that the original passed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from slimmer.engine import STDERR, Output, Session
from slimmer.errors import (
    CommandNotFoundError,
    DifferentAnswerError,
    EngineOperationError,
    SmokeTestError,
)
from slimmer.probing import (
    CommandOutcome,
    Prober,
    exercise,
    is_independent_command,
)
from slimmer.values import ImageKind, Probe, ProbeResult, RunOptions, SmokeOutcome
from slimmer.verify.compare import excerpt
from slimmer.verify.target import PlainRun
from slimmer.words import last_lines, printable

_NOT_STARTED = (CommandNotFoundError, EngineOperationError)
"""What the engine says of an image that it cannot start, where it could start the original with
the same options: there is no such program, or no such user."""
SHORTEST_LIMIT = 20.0
"""Seconds that a finished image gets to become ready, however quick the original was: a machine may
be busy, which is no reason to call an image broken."""
STAY = 2.0
"""Seconds that an image must stay up, at least, for which there is no probe."""
HEALTH_INTERVAL, HEALTH_LIMIT = 0.5, 10.0
"""How often the engine runs the HEALTHCHECK, whose own interval is 30 s unless the image says
otherwise, and how long it may take to call an image healthy that has passed all probes."""
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


def smoke_test(
    session: Session,
    image: str,
    plan: SmokePlan,
    kind: ImageKind,
    *,
    done: Callable[[ProbeResult], None] = lambda _: None,
    at_end: Callable[[PlainRun], None] = lambda _: None,
) -> SmokeOutcome:
    """Run the image and probe it. The container is removed before this returns; `at_end` gets the
    one that was probed, unless its command ends by itself."""
    if plan.exit_status is not None:
        return _test_command(session, image, plan, kind, done)
    return _test_service(session, image, plan, kind, done, at_end)


def raise_for_failure(outcomes: Iterable[SmokeOutcome]) -> None:
    """Raise SmokeTestError for the first image that did not pass, with all that is known."""
    for outcome in outcomes:
        if outcome.passed:
            continue
        if outcome.differs_only:
            raise _different(outcome)
        failed = outcome.failed
        what = outcome.problem or f"the probe `{failed[0].probe.name}`: {failed[0].answer}"
        said = [f"{result.probe.name}: {result.answer}\n{result.excerpt}" for result in failed]
        raise SmokeTestError(
            f"the {outcome.image} image fails its smoke test: {what}",
            hint="no tag was moved; keep what is missing with --include PATH, or let a probe "
            f"use it; {last_lines(outcome.logs)}",
            details="\n".join(filter(None, [*said, outcome.logs])).rstrip(),
        )


def _different(outcome: SmokeOutcome) -> DifferentAnswerError:
    names = ", ".join(f"`{result.probe.name}`" for result in outcome.failed)
    lines = []
    for result in outcome.failed:
        assert result.comparison is not None
        lines.append(f"{result.probe.name}: {result.answer}")
        lines += excerpt(result.comparison, outcome.image)
    return DifferentAnswerError(
        f"the {outcome.image} image answers differently from the original: {names}",
        hint="no tag was moved; keep what is missing with --include PATH, or let a probe use it. "
        "Where the answer may differ, --verify status compares no content",
        details="\n".join(map(printable, lines)),
    )


def _test_service(
    session: Session,
    image: str,
    plan: SmokePlan,
    kind: ImageKind,
    done: Callable[[ProbeResult], None],
    at_end: Callable[[PlainRun], None],
) -> SmokeOutcome:
    try:
        container = _start(session, image, plan, plan.run, kind)
    except _NOT_STARTED as error:
        return SmokeOutcome(image=kind, role=plan.role, results=(), problem=error.message)
    try:
        run = plan.run
        prober = Prober(
            container,
            probe_timeout=run.probe_timeout,
            workers=run.probe_workers,
            # The port is known to speak what it is asked for. Before anybody listens at it, the
            # engine's proxy takes connections and closes them.
            explained=False,
        )
        results = exercise(prober, plan.probes, ready_limit=plan.ready_limit, done=done)
        if not plan.probes:  # all that can be seen is whether it stays
            container.wait_for_exit(min(plan.ready_limit, max(STAY, plan.ready_seconds)))
        if plan.run.settle and all(result.passed for result in results):
            container.wait_for_exit(plan.run.settle)
            if container.exit_status() is None and plan.probes:
                results = _once_more(prober, results)
        unhealthy = ""
        if plan.is_healthy and kind is not ImageKind.DEBUG and all(each.passed for each in results):
            unhealthy = container.unhealthy(HEALTH_LIMIT)
        status = container.exit_status()
        if status == 0 and all(map(is_independent_command, plan.probes)):
            # The command ends by itself; the original's had only not done so in time.
            ending = dataclasses.replace(plan, exit_status=0)
            return _test_command(session, image, ending, kind, done)
        outcome = SmokeOutcome(
            image=kind,
            role=plan.role,
            results=results,
            problem="" if status is None else f"its command ended with status {status}",
            unhealthy=unhealthy,
            logs=container.logs(),
        )
        at_end(container)
        return outcome
    finally:
        container.close()


def _once_more(prober: Prober, results: tuple[ProbeResult, ...]) -> tuple[ProbeResult, ...]:
    """The results with the first probe's, where it may be repeated, of a later time if that is
    worse."""
    if not results[0].probe.may_be_repeated:
        return results
    again = prober.once(results[0].probe)
    return results if again.passed else (again, *results[1:])


def _test_command(
    session: Session,
    image: str,
    plan: SmokePlan,
    kind: ImageKind,
    done: Callable[[ProbeResult], None],
) -> SmokeOutcome:
    """An image whose command ends by itself: the command, then each probe as the command of a
    fresh container, which is how such an image is used."""
    problem, logs = _run_to_the_end(session, image, plan, kind)
    results: list[ProbeResult] = []
    if not problem:

        def ask(probe: Probe) -> ProbeResult:
            assert is_independent_command(probe), "nothing answers after the end"
            target = _FreshContainers(session, image, plan, kind)
            return Prober(target, probe_timeout=plan.run.probe_timeout).in_time(probe)

        with ThreadPoolExecutor(plan.run.probe_workers, "commands") as pool:
            for result in pool.map(ask, plan.probes):
                results.append(result)
                done(result)
                logs = logs or (result.excerpt if not result.passed else "")
    return SmokeOutcome(
        image=kind,
        role=plan.role,
        results=tuple(results),
        problem=problem,
        exit_status=None if problem else plan.exit_status,
        logs=logs,
    )


def _run_to_the_end(
    session: Session, image: str, plan: SmokePlan, kind: ImageKind
) -> tuple[str, str]:
    """(what went wrong, last log lines); both empty where the command ended as the original's."""
    try:
        container = _start(session, image, plan, plan.run, kind)
    except _NOT_STARTED as error:
        return error.message, ""
    try:
        status = container.wait_for_exit(plan.run.busy_start_timeout)
        if status == plan.exit_status:
            return "", ""
        ended = "did not end" if status is None else f"ended with status {status}"
        return f"its command {ended}, the original's with {plan.exit_status}", container.logs()
    finally:
        container.close()


class _FreshContainers:
    """A probing.Target that runs each command as the entrypoint of a container of its own."""

    def __init__(self, session: Session, image: str, plan: SmokePlan, kind: ImageKind) -> None:
        self._session, self._image, self._plan, self._kind = session, image, plan, kind
        self._own_names: tuple[tuple[str, str], ...] = ()

    def port(self) -> int | None:
        """Nothing listens."""
        return None

    def addresses(self, port: int | None) -> list[tuple[str, int]]:
        """Nothing listens."""
        return []

    def run_command(
        self,
        command: Sequence[str],
        *,
        user: str,
        timeout: float,
        stdin: bytes = b"",
        environment: Sequence[tuple[str, str]] = (),
    ) -> CommandOutcome:
        """`docker run --entrypoint COMMAND IMAGE ARGUMENTS…`."""
        run = dataclasses.replace(
            self._plan.run,
            environment=(*self._plan.run.environment, *environment),
            entrypoint=tuple(command[:1]),
            command=tuple(command[1:]),
            user=user or self._plan.run.user,
        )
        try:
            container = _start(self._session, self._image, self._plan, run, self._kind, stdin)
        except _NOT_STARTED as error:
            complaint = Output()
            complaint.add(STDERR, error.message.encode())
            return CommandOutcome(exit_status=127, written=complaint)
        try:
            status = container.wait_for_exit(timeout)
            self._own_names = container.own_names()
            return CommandOutcome(exit_status=status, written=container.output())
        finally:
            container.close()

    def environment(self) -> Mapping[str, str]:
        """Only steps of a plan ask for it, and those are no commands of containers of their own."""
        return {}

    def wait_for_line(
        self, pattern: re.Pattern[str], position: int, timeout: float
    ) -> tuple[str, int] | None:
        """Nothing is written."""
        return None

    def signal(self, name: str) -> None:
        """Nothing runs."""

    def own_names(self) -> tuple[tuple[str, str], ...]:
        """What the engine called the last container."""
        return self._own_names

    def exit_status(self) -> int | None:
        """Each probe has a container of its own, which nothing ends before the probe."""
        return None

    def wait_for_change(self, seconds: float) -> None:
        """Nothing changes."""

    def other_ports(self, asked: int | None) -> tuple[int, ...]:
        """It is known from the traced run."""
        return ()

    def speak_to(self, port: int) -> None:
        """It is known."""

    def is_hopeless(self, port: int | None) -> bool:
        """There is nothing to wait for."""
        return True

    def has_settled(self) -> bool:
        """Nothing runs."""
        return True


def _start(
    session: Session,
    image: str,
    plan: SmokePlan,
    run: RunOptions,
    kind: ImageKind,
    stdin: bytes = b"",
) -> PlainRun:
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
