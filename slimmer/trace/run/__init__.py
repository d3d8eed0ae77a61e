"""The traced run: target, sidecar and file server, and the records that come of them."""

from slimmer.trace.run.examination import SETTLE, Examination, examine, planned_probes
from slimmer.trace.run.file_server import FileServer, container_marks
from slimmer.trace.run.processor import Processor, processor_for
from slimmer.trace.run.readiness import Readiness, await_ready
from slimmer.trace.run.sensor import has_sensor, sensor_binary
from slimmer.trace.run.stopping import stop_limit
from slimmer.trace.run.traced_run import TracedRun

__all__ = [
    "SETTLE",
    "Examination",
    "FileServer",
    "Processor",
    "Readiness",
    "TracedRun",
    "await_ready",
    "container_marks",
    "examine",
    "has_sensor",
    "planned_probes",
    "processor_for",
    "sensor_binary",
    "stop_limit",
]
