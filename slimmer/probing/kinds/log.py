"""`log`: a line that the container must write."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

from slimmer.probing.judging import MissingValueError, captured
from slimmer.probing.keys import NOT_EMPTY, Given, Key, Keys, Shape
from slimmer.probing.kinds.interface import Attempt, Kind
from slimmer.values import Probe, ProbeResult


@dataclass(frozen=True, kw_only=True)
class LogProbe(Probe):
    """A line that the container must write, behind the one that the plan has found last."""

    kind = "log"
    keeps_place = True
    pattern: str

    @property
    def request(self) -> str:
        return self.pattern


class Log(Kind[LogProbe]):
    """A line of the container's log."""

    probe = LogProbe
    keys = Keys(
        keys=(
            Key("line", Shape.PATTERN, missing="expected a regular expression", limits=NOT_EMPTY),
        )
    )
    shorthand = "EXPRESSION"
    sources = ("pattern",)
    repeats = False

    def step(self, given: Given, folder: Path) -> LogProbe:
        return self.short(given["line"], folder)

    def short(self, text: str, folder: Path) -> LogProbe:
        re.compile(text)
        return LogProbe(name=f"log {text}", pattern=text)

    def send(self, probe: LogProbe, attempt: Attempt) -> ProbeResult:
        started = time.monotonic()
        state = attempt.state
        position = state.log_position if state else 0
        found = attempt.target.wait_for_line(re.compile(probe.pattern), position, attempt.seconds)
        seconds = time.monotonic() - started
        if found is None:
            return ProbeResult(
                probe=probe,
                passed=False,
                answer=f"no such line within {round(attempt.seconds, 1):g} s",
                answered=False,
                seconds=seconds,
            )
        line, position = found
        if state is not None:
            state.log_position = position
        try:
            values = captured(probe.captures, line)
        except MissingValueError as error:
            return ProbeResult(probe=probe, passed=False, answer=str(error), excerpt=line)
        return ProbeResult(
            probe=probe, passed=True, answer="there", excerpt=line, seconds=seconds, captured=values
        )

    def hint(self, probe: LogProbe, result: ProbeResult) -> str:
        return (
            "the log is searched behind the line that the plan's last log step has found; "
            "`timeout:` says how long"
        )
