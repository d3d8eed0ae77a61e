"""What keeps a machine fit for builds: `slim doctor` and `slim clean`."""

from slimmer.upkeep.cleaning import Leftovers, find_leftovers, remove_leftovers
from slimmer.upkeep.doctor import examine_machine
from slimmer.upkeep.finding import Finding, State

__all__ = [
    "Finding",
    "Leftovers",
    "State",
    "examine_machine",
    "find_leftovers",
    "remove_leftovers",
]
