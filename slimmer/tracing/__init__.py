"""The traced run: target, sidecar and file server, and the records that come of them."""

from slimmer.tracing.describe import describe_trace
from slimmer.tracing.examination import SETTLE, Examination, examine, planned_probes
from slimmer.tracing.file_server import FileServer, container_marks
from slimmer.tracing.readiness import Readiness, await_ready
from slimmer.tracing.sensor import sensor_binary
from slimmer.tracing.trace import read_trace
from slimmer.tracing.traced_run import TracedRun
from slimmer.tracing.union import union

__all__ = [
    "SETTLE",
    "Examination",
    "FileServer",
    "Readiness",
    "TracedRun",
    "await_ready",
    "container_marks",
    "describe_trace",
    "examine",
    "planned_probes",
    "read_trace",
    "sensor_binary",
    "union",
]
