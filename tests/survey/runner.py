"""Runs held-out behaviours on an image, through the plain docker client and an HTTP client: no
code of slimmer's is asked, since what it made is what is judged."""

from __future__ import annotations

import functools
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from tests.apps.container import Container, docker, inspect_image, run_to_its_end, running
from tests.apps.expectation import Command, Request, read_expectations, run_environment
from tests.survey.behaviour import Ask, Behaviour, Log, Restart, Run, Signal, Step, Stop

PATIENCE = 30.0
"""Seconds for whatever is waited for: readiness, a log line, an answer that is asked for again."""

STOP_SECONDS = 20
"""Between the stop signal and the kill, which shows as exit status 137."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one behaviour on one image."""

    behaviour: Behaviour
    problem: str
    """Empty where it passed, else what was wrong, with the container's log."""


class Failed(Exception):
    """A step did not go as expected."""


class Subject:
    """An image whose behaviours are run, and what slim.yaml says about running it."""

    def __init__(self, image: str, folder: Path, options: Sequence[str] = ()) -> None:
        """`options` are given to every `docker run`, before those of a behaviour. A tmpfs that they
        have already is not mounted once more."""
        self.image = image
        self._given = tuple(options)
        self.environment = run_environment(folder / "slim.yaml")
        ports = inspect_image(image)["Config"].get("ExposedPorts") or {}
        self.port = int(next(iter(ports)).partition("/")[0]) if ports else None
        """The first exposed port; None where the image's command ends by itself."""
        self._first = read_expectations(folder / "slim.yaml")[:1]

    def outcomes(self, behaviours: Sequence[Behaviour]) -> list[Outcome]:
        """Each behaviour's, in order. Those that need no container of their own share one, since
        state that a request leaves behind is part of what a user meets."""
        shared = [item for item in behaviours if not item.needs_own_container and item.steps]
        found: dict[str, str] = {}
        if shared and self.port is None:
            found = {item.name: self._commands_alone(item) for item in shared}
        elif shared:
            found = self._in_one_container(shared)
        for item in behaviours:
            if item.name not in found:
                found[item.name] = self._problem_alone(item)
        return [Outcome(behaviour=item, problem=found[item.name]) for item in behaviours]

    def _commands_alone(self, behaviour: Behaviour) -> str:
        for step in behaviour.steps:
            if not isinstance(step, Ask) or not isinstance(step.what, Command):
                return "the image has no port: only `exec:`, or `run:` and `ends:`"
            problem = step.what.problem(self._run_once)
            if problem:
                return problem
        return ""

    def _run_once(self, *command: str, user: str, stdin: str) -> tuple[int, str]:
        program, *arguments = command
        options = (*self._given, "--entrypoint", program)
        return run_to_its_end(self.image, *arguments, options=options, user=user, stdin=stdin)

    def _in_one_container(self, behaviours: Sequence[Behaviour]) -> dict[str, str]:
        try:
            with self._container(Run(), behaviours) as container:
                return {item.name: self._problem(item, container) for item in behaviours}
        except (AssertionError, Failed, subprocess.TimeoutExpired) as error:
            return {item.name: str(error) for item in behaviours}

    def _problem_alone(self, behaviour: Behaviour) -> str:
        run = behaviour.run or Run()
        try:
            if behaviour.ends is not None:
                status, output = self._to_its_end(run)
                expected = behaviour.ends
                if status != expected.exit_status:
                    return f"exit status {status}, not {expected.exit_status}: {output[-2000:]}"
                if not re.search(expected.output_pattern, output, flags=re.MULTILINE):
                    return f"no {expected.output_pattern!r} in {output[-2000:]!r}"
                return ""
            with self._container(run, [behaviour]) as container:
                return self._problem(behaviour, container)
        except (AssertionError, Failed, subprocess.TimeoutExpired) as error:
            return str(error)

    def _to_its_end(self, run: Run) -> tuple[int, str]:
        variables = [f"--env={key}={value}" for key, value in self._environment(run).items()]
        return run_to_its_end(
            self.image,
            *_command(run),
            options=(*self._given, *self._options(run), *variables),
            stdin=run.stdin,
            seconds=2 * PATIENCE,
        )

    def _options(self, run: Run) -> tuple[str, ...]:
        mounted = {each.partition(":")[0] for each in self._given}
        memory = (f"--tmpfs={place}" for place in run.tmpfs)
        options = [*run.options, *(each for each in memory if each not in mounted)]
        if run.user:
            options.append(f"--user={run.user}")
        if run.read_only:
            options.append("--read-only")
        if run.entrypoint:
            options.append(f"--entrypoint={run.entrypoint[0]}")
        return tuple(options)

    def _environment(self, run: Run) -> Mapping[str, str]:
        return {**self.environment, **run.environment}

    @contextmanager
    def _container(self, run: Run, behaviours: Sequence[Behaviour]) -> Iterator[Container]:
        """A container that is ready: its port answers, and the first probe of slim.yaml passes."""
        main = run.port or self.port
        further = {
            step.what.port
            for behaviour in behaviours
            for step in behaviour.steps
            if isinstance(step, Ask) and isinstance(step.what, Request) and step.what.port
        }
        published = [f"--publish=127.0.0.1::{port}" for port in sorted(further - {main})]
        with running(
            self.image,
            port=main,
            environment=self._environment(run),
            options=(*self._given, *self._options(run), *published),
            command=_command(run),
        ) as container:
            if not run.is_another_command:
                self._wait_until_ready(container)
            yield container

    def _wait_until_ready(self, container: Container) -> None:
        for expectation in self._first:
            _until(functools.partial(self._wrong, expectation, container), container)

    def _wrong(self, what: Request | Command, container: Container, port: int | None = None) -> str:
        if isinstance(what, Command):
            return what.problem(container.execute)
        try:
            return what.problem(container, port or self.port or 0)
        except (OSError, HTTPException) as error:
            return f"{what.name}: {error!r}"

    def _problem(self, behaviour: Behaviour, container: Container) -> str:
        port = behaviour.run.port if behaviour.run else None
        logged = 0
        try:
            for step, following in zip(behaviour.steps, (*behaviour.steps[1:], None), strict=True):
                if isinstance(following, Log) and not isinstance(step, Log):
                    logged = len(container.log("all"))
                self._take(step, container, port, logged)
        except (AssertionError, Failed, subprocess.TimeoutExpired) as error:
            return f"{error}\nlog of the container:\n{container.log('20')}"
        return ""

    def _take(self, step: Step, container: Container, port: int | None, logged: int) -> None:
        """One step; raises Failed with what is wrong. The log's first `logged` characters are too
        old to count."""
        match step:
            case Ask(what=what, retry=True):
                _until(lambda: self._wrong(what, container, port), container)
            case Ask(what=what):
                problem = self._wrong(what, container, port)
                if problem:
                    raise Failed(problem)
            case Signal(name=name):
                docker("kill", "--signal", name, container.id)
            case Log(pattern=pattern):

                def missing() -> str:
                    new = container.log("all")[logged:]
                    found = re.search(pattern, new, flags=re.MULTILINE)
                    return "" if found else f"no {pattern!r} in the log"

                _until(missing, container)
            case Restart():
                docker("restart", "--time", str(STOP_SECONDS), container.id)
                main = port or self.port
                if main is not None:
                    container.wait_until(f"listened on {main}", lambda: container.accepts(main))
                self._wait_until_ready(container)
            case Stop(exit_status=expected):
                docker("stop", "--time", str(STOP_SECONDS), container.id)
                status = container.state()["ExitCode"]
                if status != expected:
                    raise Failed(f"stopped with exit status {status}, not {expected}")


def _until(problem: Callable[[], str], container: Container) -> None:
    """Returns when there is no problem any more; raises Failed with the last one."""
    deadline = time.monotonic() + PATIENCE
    while found := problem():
        if time.monotonic() > deadline:
            raise Failed(f"{found}, for {PATIENCE:.0f} s")
        if not container.state()["Running"]:
            # Its last lines may have been written since.
            if not (found := problem()):
                return
            raise Failed(f"the container has ended; {found}")
        time.sleep(0.1)


def _command(run: Run) -> tuple[str, ...]:
    return (*run.entrypoint[1:], *run.command)
