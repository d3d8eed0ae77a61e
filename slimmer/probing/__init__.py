"""Probes: what exercises the application, and how its readiness is observed."""

from slimmer.probing.connection import authority, is_loopback
from slimmer.probing.connections import Connections, Exchanged, media_type, request_name
from slimmer.probing.exercise import (
    HEALTHCHECK,
    exercise,
    healthcheck_probe,
    in_order,
    is_independent_command,
    may_be_repeated,
)
from slimmer.probing.exploration import Exploration, Explored
from slimmer.probing.json_path import steps_of as json_path_steps
from slimmer.probing.notation import METHODS, command_probe, http_probe, with_unique_names
from slimmer.probing.origin import origin_of, read_origin, with_port
from slimmer.probing.prober import COMMAND_MISSING, Prober
from slimmer.probing.record import RECORD_LIMIT, record
from slimmer.probing.replay import Recording, recorded
from slimmer.probing.substitution import ENVIRONMENT, expanded, references
from slimmer.probing.target import CommandOutcome, Target

__all__ = [
    "COMMAND_MISSING",
    "ENVIRONMENT",
    "HEALTHCHECK",
    "METHODS",
    "RECORD_LIMIT",
    "CommandOutcome",
    "Connections",
    "Exchanged",
    "Exploration",
    "Explored",
    "Prober",
    "Recording",
    "Target",
    "authority",
    "command_probe",
    "exercise",
    "expanded",
    "healthcheck_probe",
    "http_probe",
    "in_order",
    "is_independent_command",
    "is_loopback",
    "json_path_steps",
    "may_be_repeated",
    "media_type",
    "origin_of",
    "read_origin",
    "record",
    "recorded",
    "references",
    "request_name",
    "with_port",
    "with_unique_names",
]
