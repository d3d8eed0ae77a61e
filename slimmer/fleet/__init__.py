"""Many images through any number of engines: `slim fleet`.

fleet.yaml → wishes (document.py) → builds (planning.py) → workers (running.py, workforce.py,
worker.py) → a process for each build (template.py, child.py) → outcomes (state.py) → shared layers
(sharing.py) → report
"""

from slimmer.fleet.child import serve_builds
from slimmer.fleet.document import FleetFile, Limits, read_fleet
from slimmer.fleet.fleet import FleetOptions, run_fleet
from slimmer.fleet.job import Job, LayerSize, Outcome
from slimmer.fleet.progress import FleetProgress, fleet_progress
from slimmer.fleet.report import FleetReport

__all__ = [
    "FleetFile",
    "FleetOptions",
    "FleetProgress",
    "FleetReport",
    "Job",
    "LayerSize",
    "Limits",
    "Outcome",
    "fleet_progress",
    "read_fleet",
    "run_fleet",
    "serve_builds",
]
