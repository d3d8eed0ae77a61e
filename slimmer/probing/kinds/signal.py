"""`signal`: a signal for the container's first process."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

from slimmer.errors import UsageError
from slimmer.probing.keys import Given, Key, KeyProblemError, Keys, Shape
from slimmer.probing.kinds.interface import Attempt, Kind
from slimmer.probing.target import ended
from slimmer.values import Probe, ProbeResult


@dataclass(frozen=True, kw_only=True)
class SignalProbe(Probe):
    """A signal for the container's first process. That it had an effect is for the next steps to
    see."""

    kind = "signal"
    keeps_place = True
    signal: str
    """`SIGHUP`, …"""

    @property
    def request(self) -> str:
        return self.signal


class Signal(Kind[SignalProbe]):
    """A signal."""

    probe = SignalProbe
    keys = Keys(keys=(Key("signal", Shape.TEXT, missing="expected the name of a signal"),))
    shorthand = "NAME"
    is_act = True

    def step(self, given: Given, folder: Path) -> SignalProbe:
        try:
            return self.short(given["signal"], folder)
        except UsageError as error:
            raise KeyProblemError("signal", error.message) from error

    def short(self, text: str, folder: Path) -> SignalProbe:
        name = "SIG" + text.upper().removeprefix("SIG")
        if name not in signal.Signals.__members__:
            raise UsageError(f"`{text}` is not a signal (HUP, USR1, TERM, …)")
        return SignalProbe(name=f"signal {name.removeprefix('SIG')}", signal=name)

    def send(self, probe: SignalProbe, attempt: Attempt) -> ProbeResult:
        status = attempt.target.exit_status()
        if status is not None:
            return ProbeResult(probe=probe, passed=False, answer=ended(status))
        attempt.target.signal(probe.signal)
        return ProbeResult(probe=probe, passed=True, answer="sent")
