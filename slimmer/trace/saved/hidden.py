"""Probes as a saved trace has them: it is checked in, and is no place for secrets."""

from __future__ import annotations

import dataclasses

from slimmer.probing import HEALTHCHECK, HIDDEN, without_secrets
from slimmer.probing.kinds import ReplayProbe
from slimmer.trace.saved.probe_text import PROBES
from slimmer.values import Probe


def as_saved(probe: Probe) -> Probe:
    """The probe without the secrets that it says itself. What was found out is without requests
    that carry one. The image itself says its HEALTHCHECK."""
    if is_healthcheck(probe):
        return probe
    hidden = without_secrets(probe)
    if isinstance(hidden, ReplayProbe):
        kept = tuple(each for each in hidden.requests if not is_hidden(each))
        return dataclasses.replace(hidden, requests=kept)
    return hidden


def is_hidden(said: object) -> bool:
    """Whether something of a probe, or of a request of one, is not in the trace."""
    return HIDDEN in PROBES.encode(said)


def is_healthcheck(probe: Probe) -> bool:
    """Whether it is the image's own HEALTHCHECK."""
    return bool(probe.program) and probe.name == HEALTHCHECK
