"""`exec`: a command in the container."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from slimmer.probing.command_line import COMMAND_KEYS, CommandLineProbe, command_words, judged
from slimmer.probing.keys import Given, Key, Keys, Shape
from slimmer.probing.kinds.interface import Attempt, Kind
from slimmer.probing.record import record
from slimmer.probing.secrets import shown_command, shown_line
from slimmer.probing.target import CommandOutcome
from slimmer.values import Answer, Fact, Part, ProbeResult, Recorded, Text


@dataclass(frozen=True, kw_only=True)
class ExecProbe(CommandLineProbe):
    """One command in the container and the exit status that it must give."""

    kind = "exec"
    user: str = ""
    """As in `docker exec --user`; empty: the container's own user."""
    stdin: bytes = b""

    @property
    def program(self) -> str:
        return self.command[0]

    @property
    def may_be_repeated(self) -> bool:
        return not self.plan


@dataclass(frozen=True, kw_only=True)
class ExecAnswer(Answer):
    """What a command left when it ended."""

    exit_status: int
    stdout: Recorded
    stderr: Recorded

    def parts(self) -> Iterator[Part]:
        yield Fact(name="exit status", text=str(self.exit_status))
        yield Text(name="stdout", recorded=self.stdout)
        yield Text(name="stderr", recorded=self.stderr)


def exec_probe(text: str) -> ExecProbe:
    """Read a command line. Raises UsageError."""
    words = command_words(text)
    return ExecProbe(name=f"exec {shown_line(text, words)}", command=words)


class Exec(Kind[ExecProbe]):
    """A command in the container."""

    probe = ExecProbe
    keys = Keys(
        keys=(*COMMAND_KEYS, Key("user", Shape.USER), Key("stdin", Shape.BYTES)),
    )
    shorthand = "COMMAND"
    sources = ("json", "pattern")

    def step(self, given: Given, folder: Path) -> ExecProbe:
        return ExecProbe(name="exec " + shown_command(given["command"]), **given)

    def short(self, text: str, folder: Path) -> ExecProbe:
        return exec_probe(text)

    def send(self, probe: ExecProbe, attempt: Attempt) -> ProbeResult:
        started = time.monotonic()
        outcome = attempt.target.run_command(
            probe.command,
            user=probe.user,
            timeout=attempt.seconds,
            stdin=probe.stdin,
            environment=probe.variables,
        )
        seconds = time.monotonic() - started
        if outcome.exit_status is None:
            return judged(probe, outcome, timeout=attempt.seconds, seconds=seconds)
        return result_of(probe, outcome, own_names=attempt.target.own_names(), seconds=seconds)


def result_of(
    probe: CommandLineProbe,
    outcome: CommandOutcome,
    *,
    own_names: tuple[tuple[str, str], ...],
    seconds: float,
) -> ProbeResult:
    """The result of a command that has ended, after `seconds`, in a container that the engine has
    given these names."""
    assert outcome.exit_status is not None, "it has ended"
    written = outcome.written
    answer = ExecAnswer(
        exit_status=outcome.exit_status,
        stdout=record(written.stdout, complete=written.complete),
        stderr=record(written.stderr, complete=written.complete),
        own_names=own_names,
    )
    return judged(probe, outcome, timeout=seconds, seconds=seconds, answered_with=answer)
