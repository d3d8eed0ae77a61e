"""The sensor's records, from bytes to values; probes/sensor/WIRE.md is the format."""

from slimmer.trace.wire.describe import describe_trace
from slimmer.trace.wire.trace import read_trace
from slimmer.trace.wire.union import union

__all__ = ["describe_trace", "read_trace", "union"]
