"""The smoke test of an image whose command ends by itself, as tools and jobs do."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from slimmer.engine import STDERR, Output, Session
from slimmer.probing import CommandOutcome, Prober, is_independent_command, own_command_result
from slimmer.values import ImageKind, Probe, ProbeResult, SmokeOutcome
from slimmer.verify.plan import NOT_STARTED, SmokePlan, start


def test_command(
    session: Session,
    image: str,
    plan: SmokePlan,
    kind: ImageKind,
    done: Callable[[ProbeResult], None],
) -> SmokeOutcome:
    """An image whose command ends by itself: the command, then each probe as the command of a
    fresh container, which is how such an image is used."""
    problem, logs, own = _run_to_the_end(session, image, plan, kind)
    results = list(filter(None, [own]))
    if not problem:
        for result in results:
            done(result)

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
        logs=logs,
    )


def _run_to_the_end(
    session: Session, image: str, plan: SmokePlan, kind: ImageKind
) -> tuple[str, str, ProbeResult | None]:
    """(what went wrong, last log lines, what it wrote); the first two are empty where the command
    ended as the original's, the last is there only then."""
    started = time.monotonic()
    try:
        container = start(session, image, plan, plan.run, kind)
    except NOT_STARTED as error:
        return error.message, "", None
    try:
        status = container.wait_for_exit(plan.run.busy_start_timeout)
        if status is None or status != plan.exit_status:
            ended = "did not end" if status is None else f"ended with status {status}"
            problem = f"its command {ended}, the original's with {plan.exit_status}"
            return problem, container.logs(), None
        own = None
        if plan.own_command is not None:
            own = own_command_result(
                plan.own_command,
                container,
                exit_status=status,
                seconds=time.monotonic() - started,
            )
        return "", "", own
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
            container = start(self._session, self._image, self._plan, run, self._kind, stdin)
        except NOT_STARTED as error:
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
