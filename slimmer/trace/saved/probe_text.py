"""Probes as JSON objects on one line, as the keys of slim.yaml would say them."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Final

from slimmer.codec import Codec
from slimmer.values import (
    CommandProbe,
    HostProbe,
    HttpProbe,
    LogProbe,
    Probe,
    ReplayProbe,
    SignalProbe,
    TcpProbe,
)

KINDS: Final[dict[str, type[Any]]] = {
    "http": HttpProbe,
    "exec": CommandProbe,
    "host": HostProbe,
    "tcp": TcpProbe,
    "log": LogProbe,
    "signal": SignalProbe,
    "replay": ReplayProbe,
}
PROBES: Final = Codec(terse=True, kinds={Probe: KINDS})
"""Writes `{"http":{"name":"GET /health","path":"/health"}}`: what has its default is left out."""
_PATTERNS: Final = ("body_pattern", "output_pattern", "expect_pattern", "pattern")


def probe_text(probe: Probe) -> str:
    """The probe in ASCII; bytes that are no UTF-8 become `\\udc80` to `\\udcff`."""
    return PROBES.encode(probe)


def read_probe(text: str) -> Probe:
    """The probe that `probe_text` wrote. Raises ValueError for anything else."""
    try:
        probe: Probe = PROBES.decode(Probe, text)
        _check_patterns(probe)
        if probe_text(probe) != text:
            raise ValueError("written otherwise than slimmer writes it")
    except (ValueError, re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"not a probe: {error}") from error
    return probe


def _check_patterns(value: Any) -> None:
    for field in dataclasses.fields(value):
        inner = getattr(value, field.name)
        if field.name in _PATTERNS:
            re.compile(inner)
        elif isinstance(inner, tuple):
            for item in inner:
                if dataclasses.is_dataclass(item):
                    _check_patterns(item)
