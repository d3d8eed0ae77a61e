"""A finished image in a container, run as a user would run it: no sensor, nothing replaced."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from slimmer.engine import (
    LogReader,
    Output,
    Session,
    addresses,
    as_user_would,
    environment,
    give_input,
    own_names,
    run_command,
    with_input,
)
from slimmer.probing import CommandOutcome
from slimmer.values import PortBinding, RunOptions


class PlainRun:
    """A running container of an image. Implements probing.Target."""

    def __init__(
        self,
        session: Session,
        image: str,
        run: RunOptions,
        *,
        purpose: str,
        ports: Sequence[int],
        default_port: int | None,
        bindings: Sequence[PortBinding] | None = None,
        name: str = "",
        stdin: bytes = b"",
        health_interval: float = 0.0,
        settles_in: float = 0.0,
    ) -> None:
        """Create and start the container, whose label tells its `purpose`; `default_port` is the
        one that probes without a port speak to, `stdin` what its command is given. Given
        `bindings`, those are published and not the `ports`; without a name the container gets one
        of the session. The engine runs the image's HEALTHCHECK each `health_interval` seconds; 0:
        as the image says. What says that it failed is taken to be starting for `settles_in` s."""
        self._engine = session.engine
        self._session = session
        self._default_port = default_port
        self._user = run.user
        published = {*ports, *((default_port,) if default_port else ())}
        self._log: LogReader | None = None
        self._lock = threading.Lock()
        configuration = as_user_would(
            image,
            run,
            published,
            loopback=self._engine.is_local,
            network=self._engine.network,
            bindings=bindings,
        )
        if health_interval:  # what is left out of the check is the image's
            interval = {"Interval": int(health_interval * 1e9)}
            configuration = {**configuration, "Healthcheck": interval}
        if stdin:
            configuration = with_input(configuration)
        self.container = session.create_container(purpose, configuration, name=name)
        attachment = session.attach(self.container) if stdin else None
        self._engine.start_container(self.container)
        self._settled = time.monotonic() + settles_in
        if attachment is not None:
            give_input(attachment, stdin)
        self._description: Mapping[str, Any] = self._engine.inspect_container(self.container)

    @property
    def name(self) -> str:
        """The container's name."""
        return str(self._description.get("Name", "")).removeprefix("/")

    def port(self) -> int | None:
        """As it was given."""
        return self._default_port

    def addresses(self, port: int | None) -> list[tuple[str, int]]:
        """Where the port can be reached."""
        number = port or self._default_port
        return addresses(self._description, number, self._engine.host) if number else []

    def run_command(
        self,
        command: Sequence[str],
        *,
        user: str,
        timeout: float,
        stdin: bytes = b"",
        environment: Sequence[tuple[str, str]] = (),
    ) -> CommandOutcome:
        """`docker exec`."""
        ran = run_command(
            self._engine,
            self.container,
            command,
            user=user or self._user,
            timeout=timeout,
            stdin=stdin,
            environment=environment,
        )
        return CommandOutcome(
            exit_status=ran.exit_status, written=ran.output, container_status=ran.container_status
        )

    def environment(self) -> Mapping[str, str]:
        """As the engine has set it."""
        return environment(self._description)

    def wait_for_line(
        self, pattern: re.Pattern[str], position: int, timeout: float
    ) -> tuple[str, int] | None:
        """The container's log is followed from the first call on, and read from its start."""
        with self._lock:
            if self._log is None:
                self._log = self._engine.follow_log(self.container)
        return self._log.wait_for(pattern, position, timeout)

    def signal(self, name: str) -> None:
        """`docker kill --signal`."""
        self._engine.signal_container(self.container, name)

    def own_names(self) -> tuple[tuple[str, str], ...]:
        """What the engine called the container."""
        return own_names(self._description)

    def exit_status(self) -> int | None:
        """The exit status of the container's command; None while it runs."""
        state = self._engine.inspect_container(self.container)["State"]
        return None if state.get("Running") else int(state.get("ExitCode", 0))

    def wait_for_change(self, seconds: float) -> None:
        """Pause: the engine tells nothing of an application's readiness."""
        time.sleep(seconds)

    def wait_for_exit(self, timeout: float) -> int | None:
        """The exit status once the command ends; None after `timeout` seconds."""
        return self._engine.wait_container(self.container, timeout)

    def changed_paths(self) -> tuple[str, ...]:
        """What it has changed of its root so far."""
        return self._engine.changed_paths(self.container)

    def process_users(self) -> tuple[tuple[int, int], ...]:
        """(user id, group id) of its processes, the first one's first."""
        return self._engine.process_users(self.container)

    def stop(self, signal: int, timeout: float) -> int | None:
        """`docker stop`, without the kill: the exit status, None where it goes on."""
        self._engine.signal_container(self.container, signal)
        return self._engine.wait_container(self.container, timeout)

    def unhealthy(self, timeout: float) -> str:
        """What the HEALTHCHECK says while the engine does not call the container healthy; empty
        once it does, or where there is no check."""
        return self._engine.await_health(self.container, timeout) or ""

    def other_ports(self, asked: int | None) -> tuple[int, ...]:
        """It is known from the traced run."""
        return ()

    def speak_to(self, port: int) -> None:
        """It is known."""

    def is_hopeless(self, port: int | None) -> bool:
        """Nothing is known that would make waiting hopeless but the end of the container."""
        return False

    def has_settled(self) -> bool:
        """Known from how long the original took alone."""
        return time.monotonic() >= self._settled

    def logs(self) -> str:
        """The container's last lines."""
        return self._engine.logs(self.container)

    def output(self) -> Output:
        """All that the container wrote."""
        return self._engine.output(self.container)

    def close(self) -> None:
        """Kill and remove the container."""
        if self._log is not None:
            self._log.close()
        self._session.discard(self.container)
