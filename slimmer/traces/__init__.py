"""Saved traces: what traced runs saw, as a file to be checked in. docs/trace.md is its format.

Knows no engine: a trace is recorded from values, written, read, merged with others and held
against another original's index.
"""

from slimmer.traces.drift import Change, Drift, drift
from slimmer.traces.identity import differences, identity_of
from slimmer.traces.merging import merge
from slimmer.traces.probe_text import probe_text, read_probe
from slimmer.traces.reading import from_bytes, read_saved_trace
from slimmer.traces.recording import record
from slimmer.traces.roles import of_roles
from slimmer.traces.saved import (
    TESTS,
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
from slimmer.traces.writing import to_bytes

__all__ = [
    "TESTS",
    "Change",
    "Drift",
    "Fact",
    "Identity",
    "Kind",
    "Passed",
    "SavedRole",
    "SavedTrace",
    "SeenPath",
    "Use",
    "differences",
    "drift",
    "from_bytes",
    "identity_of",
    "merge",
    "of_roles",
    "probe_text",
    "read_probe",
    "read_saved_trace",
    "ready_step",
    "record",
    "to_bytes",
]
