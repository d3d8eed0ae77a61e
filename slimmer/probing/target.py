"""What a probe needs of the container that it exercises, whatever that container is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class Written(Protocol):
    """What a command wrote, cut at a limit."""

    @property
    def stdout(self) -> bytes: ...

    @property
    def stderr(self) -> bytes: ...

    @property
    def both(self) -> bytes:
        """stdout and stderr together, in the order of arrival."""
        ...

    @property
    def complete(self) -> bool:
        """False where the limit cut something off."""
        ...


@dataclass(frozen=True, kw_only=True)
class CommandOutcome:
    """How a command in the container ended."""

    exit_status: int | None
    """None where it did not end within its time limit, or the container did before it."""
    written: Written
    container_status: int | None = None
    """The exit status of the container's own command where that had ended already, and no command
    could be run beside it."""


def ended(status: int) -> str:
    """A probe's answer where nobody is left to give one."""
    return f"the container's command has ended with status {status}"


class Target(Protocol):
    """A container whose application probes exercise."""

    def port(self) -> int | None:
        """The container's port that probes without one speak to; None: none is known so far."""
        ...

    def other_ports(self, asked: int | None) -> Sequence[int]:
        """Ports that may be meant instead of the one that `port` told, and that was asked; none
        where it is known for certain."""
        ...

    def speak_to(self, port: int) -> None:
        """`port` is this one from now on: a request was answered there."""
        ...

    def addresses(self, port: int | None) -> Sequence[tuple[str, int]]:
        """Where the container's TCP port can be reached from here, best first; None: the run's."""
        ...

    def run_command(
        self,
        command: Sequence[str],
        *,
        user: str,
        timeout: float,
        stdin: bytes = b"",
        environment: Sequence[tuple[str, str]] = (),
    ) -> CommandOutcome:
        """Run a command in the container, `timeout` in seconds; `environment` is added to the
        container's own."""
        ...

    def environment(self) -> Mapping[str, str]:
        """The variables of the container's own command."""
        ...

    def wait_for_line(
        self, pattern: re.Pattern[str], position: int, timeout: float
    ) -> tuple[str, int] | None:
        """The first line of the container's log from number `position` on in which the pattern is
        found, and the number of the next one; None where none comes in `timeout` seconds, or
        before the end."""
        ...

    def signal(self, name: str) -> None:
        """Send a signal (`SIGHUP`) to the container's first process."""
        ...

    def own_names(self) -> tuple[tuple[str, str], ...]:
        """What the container is called that answered last: as `HttpAnswer.own_names`."""
        ...

    def exit_status(self) -> int | None:
        """The exit status of the container's own command; None while it runs."""
        ...

    def wait_for_change(self, seconds: float) -> None:
        """Return when something happened that may make the application ready, or in `seconds`."""
        ...

    def is_hopeless(self, port: int | None) -> bool:
        """Whether waiting longer for the port is pointless, as far as this target can tell."""
        ...

    def has_settled(self) -> bool:
        """Whether it does nothing more by itself, as far as this target can tell."""
        ...
