"""Probes: what exercises the application, and how its readiness is observed."""

from slimmer.probing.command_line import COMMAND_MISSING, check_words, command_words
from slimmer.probing.concealing import (
    Concealment,
    conceal_error,
    concealed_errors,
    values_to_conceal,
)
from slimmer.probing.connection import authority, is_loopback
from slimmer.probing.connections import Connections, Exchanged, media_type, request_name
from slimmer.probing.exercise import (
    HEALTHCHECK,
    exercise,
    healthcheck_probe,
    in_order,
    is_independent_command,
)
from slimmer.probing.exploration import Exploration, Explored
from slimmer.probing.extras import require, require_installed
from slimmer.probing.failures import NEEDS_TIME, TOO_LATE, advice
from slimmer.probing.json_path import steps_of as json_path_steps
from slimmer.probing.naming import with_unique_names
from slimmer.probing.origin import read_origin, with_port
from slimmer.probing.own_command import OWN_COMMAND, own_command_probe, own_command_result
from slimmer.probing.prober import Prober
from slimmer.probing.record import RECORD_LIMIT, record
from slimmer.probing.secrets import (
    HIDDEN,
    is_secret,
    literal_secrets,
    shown_header,
    shown_url,
    shown_words,
    without_secrets,
)
from slimmer.probing.substitution import ENVIRONMENT, expanded, references
from slimmer.probing.target import CommandOutcome, Target

__all__ = [
    "COMMAND_MISSING",
    "ENVIRONMENT",
    "HEALTHCHECK",
    "HIDDEN",
    "NEEDS_TIME",
    "OWN_COMMAND",
    "RECORD_LIMIT",
    "TOO_LATE",
    "CommandOutcome",
    "Concealment",
    "Connections",
    "Exchanged",
    "Exploration",
    "Explored",
    "Prober",
    "Target",
    "advice",
    "authority",
    "check_words",
    "command_words",
    "conceal_error",
    "concealed_errors",
    "exercise",
    "expanded",
    "healthcheck_probe",
    "in_order",
    "is_independent_command",
    "is_loopback",
    "is_secret",
    "json_path_steps",
    "literal_secrets",
    "media_type",
    "own_command_probe",
    "own_command_result",
    "read_origin",
    "record",
    "references",
    "request_name",
    "require",
    "require_installed",
    "shown_header",
    "shown_url",
    "shown_words",
    "values_to_conceal",
    "with_port",
    "with_unique_names",
    "without_secrets",
]
