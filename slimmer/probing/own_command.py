"""What an image writes whose command ends by itself: the command is its own probe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from slimmer.probing.command_line import CommandLineProbe
from slimmer.probing.kinds.exec import ExecProbe, result_of
from slimmer.probing.target import CommandOutcome, Written
from slimmer.values import ProbeResult

OWN_COMMAND = "its command"
"""The name of the probe that is the image's own command."""


class EndedContainer(Protocol):
    """A container whose command has ended."""

    def output(self) -> Written:
        """All that it wrote."""
        ...

    def own_names(self) -> tuple[tuple[str, str], ...]:
        """What the engine called it."""
        ...


def own_command_probe(words: Sequence[str], exit_status: int) -> ExecProbe:
    """`words` are the argument vector, which ends with `exit_status` in the original."""
    return ExecProbe(name=OWN_COMMAND, command=tuple(words), exit_status=exit_status)


def own_command_result(
    probe: CommandLineProbe, container: EndedContainer, *, exit_status: int, seconds: float
) -> ProbeResult:
    """The answer of a command that ended by itself after `seconds`."""
    outcome = CommandOutcome(exit_status=exit_status, written=container.output())
    return result_of(probe, outcome, own_names=container.own_names(), seconds=seconds)
