"""A target that is this very machine: commands run here, and ports are its own."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slimmer.engine import STDOUT, Output
from slimmer.probing import CommandOutcome


@dataclass
class ThisMachine:
    """probing.Target without a container."""

    served: int = 0
    variables: dict[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    status: int | None = None
    others: tuple[int, ...] = ()
    settled: bool = True

    def port(self) -> int | None:
        return self.served or None

    def addresses(self, port: int | None) -> list[tuple[str, int]]:
        number = port or self.served
        return [("127.0.0.1", number)] if number else []

    def run_command(
        self,
        command: Sequence[str],
        *,
        user: str,
        timeout: float,
        stdin: bytes = b"",
        environment: Sequence[tuple[str, str]] = (),
    ) -> CommandOutcome:
        done = subprocess.run(
            command,
            input=stdin,
            env={"PATH": "/usr/bin:/bin", **dict(environment)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
        written = Output()
        written.add(STDOUT, done.stdout)
        return CommandOutcome(exit_status=done.returncode, written=written)

    def environment(self) -> Mapping[str, str]:
        return self.variables

    def wait_for_line(
        self, pattern: re.Pattern[str], position: int, timeout: float
    ) -> tuple[str, int] | None:
        for number, line in enumerate(self.log[position:], position):
            if pattern.search(line):
                return line, number + 1
        return None

    def signal(self, name: str) -> None:
        self.signals.append(name)

    def own_names(self) -> tuple[tuple[str, str], ...]:
        return ()

    def exit_status(self) -> int | None:
        return self.status

    def wait_for_change(self, seconds: float) -> None:
        pass

    def other_ports(self, asked: int | None) -> tuple[int, ...]:
        return self.others

    def speak_to(self, port: int) -> None:
        self.served = port

    def is_hopeless(self, port: int | None) -> bool:
        return False

    def has_settled(self) -> bool:
        return self.settled


class Patient(ThisMachine):
    """Where what is waited for comes by itself."""

    def wait_for_change(self, seconds: float) -> None:
        time.sleep(seconds)
