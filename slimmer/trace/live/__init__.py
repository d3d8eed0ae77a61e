"""Live traces: a container that stays up under the sensor while somebody else's tests use it.

A daemon keeps each of them, since the sensor's records must be read all the time:
`start_trace` leaves it behind, `stop_trace` ends it and saves what it has gathered.
What it knows lies in a folder (`place.py`), so that any later command finds it.
"""

from slimmer.trace.live.daemon import LiveOptions, run_daemon
from slimmer.trace.live.document import Address, End, LiveTrace
from slimmer.trace.live.place import (
    Place,
    Standing,
    abandoned_places,
    all_places,
    find_place,
    new_place,
)
from slimmer.trace.live.start import start_trace
from slimmer.trace.live.stop import Stopped, discard_trace, stop_trace

__all__ = [
    "Address",
    "End",
    "LiveOptions",
    "LiveTrace",
    "Place",
    "Standing",
    "Stopped",
    "abandoned_places",
    "all_places",
    "discard_trace",
    "find_place",
    "new_place",
    "run_daemon",
    "start_trace",
    "stop_trace",
]
