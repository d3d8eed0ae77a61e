"""A build from a saved trace against the traced build that saved it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.figure import Figure, median
from tests.bench.slim_build import Build, forget, slim_build


def measure_saved_trace(name: str, image: str, *options: str, runs: int) -> list[Figure]:
    """Seconds of both, taken in turns with an engine that has no layer of the result, their
    ratio, and whether the digests are the same."""
    traced: list[Build] = []
    recalled: list[Build] = []
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "app.trace")
        # One round more than is counted: the first finds cold caches.
        for _ in range(runs + 1):
            for builds, way in ((traced, "--save-trace"), (recalled, "--from-trace")):
                builds.append(slim_build(image, *options, way, file, name=f"trace-{name}"))
                forget(builds[-1].reference)
        size = Path(file).stat().st_size
    before = median(f"{name}: traced build", [one.seconds for one in traced[1:]])
    after = median(
        f"{name}: build from the saved trace",
        [one.seconds for one in recalled[1:]],
        note=_stages(recalled[-1]),
    )
    return [
        before,
        after,
        Figure(
            name=f"{name}: from the trace / traced",
            value=after.value / before.value,
            unit="",
            goal=0.5,
        ),
        Figure(
            name=f"{name}: different images from {2 * runs + 2} builds",
            value=float(len({one.image_id for one in (*traced, *recalled)})),
            unit="",
            goal=1.0,
        ),
        Figure(name=f"{name}: saved trace", value=size / 1e3, unit="kB"),
    ]


def _stages(build: Build) -> str:
    return " + ".join(
        f"{stage['stage']} {stage['seconds']:.2f}"
        for stage in build.report["stages"]
        if stage["seconds"] >= 0.05
    )
