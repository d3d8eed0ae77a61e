"""What comparing answers adds to a build: with --verify content the original runs once more,
beside the assembling."""

from __future__ import annotations

from tests.bench.build_time import OPTIONS
from tests.bench.figure import Figure, median
from tests.bench.slim_build import Build, forget, slim_build

WAYS = ("off", "status", "content")


def measure_verification(name: str, image: str, *, runs: int) -> list[Figure]:
    """Seconds of a build for each way to verify, taken in turns with an engine that has no layer
    of the result, and what content adds to status."""
    builds: dict[str, list[Build]] = {way: [] for way in WAYS}
    # One round more than is counted: the first finds cold caches.
    for _ in range(runs + 1):
        for way in WAYS:
            build = slim_build(image, *OPTIONS, "--verify", way, name=f"verify-{name}")
            builds[way].append(build)
            forget(build.reference)
    medians = {
        way: median(f"{name}: slim build --verify {way}", [one.seconds for one in taken[1:]])
        for way, taken in builds.items()
    }
    added = medians["content"].value / medians["status"].value - 1
    return [
        *medians.values(),
        Figure(name=f"{name}: comparison adds", value=100 * added, unit="%", goal=20.0),
    ]
