"""Repair: what a finished image misses, found by running it under the sensor.

`Gaps` holds a finished image against its original, path by path; `observe` runs the image while
the same probes exercise it, and `suspects` says what of the original was missed there.
"""

from slimmer.verify.repair.gaps import Gaps, finished_index
from slimmer.verify.repair.log import RepairLog, RepairRound
from slimmer.verify.repair.observation import Observation, observe
from slimmer.verify.repair.suspects import Suspects, find_suspects

__all__ = [
    "Gaps",
    "Observation",
    "RepairLog",
    "RepairRound",
    "Suspects",
    "find_suspects",
    "finished_index",
    "observe",
]
