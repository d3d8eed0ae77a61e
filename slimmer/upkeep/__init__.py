"""What keeps a machine fit for builds: `slim doctor`, `slim self-check` and `slim clean`."""

from slimmer.upkeep.cleaning import Leftovers, find_leftovers, remove_leftovers
from slimmer.upkeep.doctor import examine_machine
from slimmer.upkeep.finding import Finding, State
from slimmer.upkeep.installation import examine_installation

__all__ = [
    "Finding",
    "Leftovers",
    "State",
    "examine_installation",
    "examine_machine",
    "find_leftovers",
    "remove_leftovers",
]
