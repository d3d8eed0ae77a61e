"""Saved traces: what traced runs saw, as a file to be checked in. docs/trace.md is its format.

Knows no engine: a trace is recorded from values, written, read, merged with others and held
against another original's index.
"""

from slimmer.trace.saved.contents import Units, contents_of, package_key
from slimmer.trace.saved.drift import Change, Drift, drift
from slimmer.trace.saved.fitting import Misfit, misfits
from slimmer.trace.saved.hidden import as_saved, is_healthcheck, is_hidden
from slimmer.trace.saved.identity import differences, identity_of
from slimmer.trace.saved.merging import merge
from slimmer.trace.saved.platform import on_platform
from slimmer.trace.saved.probe_text import PROBES
from slimmer.trace.saved.reading import from_bytes, is_saved_trace, read_saved_trace
from slimmer.trace.saved.recording import record
from slimmer.trace.saved.roles import of_roles
from slimmer.trace.saved.saved import (
    TESTS,
    Contents,
    Fact,
    Identity,
    Kind,
    Passed,
    SavedRole,
    SavedTrace,
    SeenPath,
    Use,
    ready_step,
)
from slimmer.trace.saved.writing import to_bytes

__all__ = [
    "PROBES",
    "TESTS",
    "Change",
    "Contents",
    "Drift",
    "Fact",
    "Identity",
    "Kind",
    "Misfit",
    "Passed",
    "SavedRole",
    "SavedTrace",
    "SeenPath",
    "Units",
    "Use",
    "as_saved",
    "contents_of",
    "differences",
    "drift",
    "from_bytes",
    "identity_of",
    "is_healthcheck",
    "is_hidden",
    "is_saved_trace",
    "merge",
    "misfits",
    "of_roles",
    "on_platform",
    "package_key",
    "read_saved_trace",
    "ready_step",
    "record",
    "to_bytes",
]
