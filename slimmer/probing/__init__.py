"""Probes: what exercises the application, and how its readiness is observed."""

from slimmer.probing.exercise import HEALTHCHECK, exercise, healthcheck_probe, in_order
from slimmer.probing.notation import METHODS, command_probe, http_probe, with_unique_names
from slimmer.probing.prober import COMMAND_MISSING, Prober
from slimmer.probing.record import RECORD_LIMIT, record
from slimmer.probing.target import CommandOutcome, Target

__all__ = [
    "COMMAND_MISSING",
    "HEALTHCHECK",
    "METHODS",
    "RECORD_LIMIT",
    "CommandOutcome",
    "Prober",
    "Target",
    "command_probe",
    "exercise",
    "healthcheck_probe",
    "http_probe",
    "in_order",
    "record",
    "with_unique_names",
]
