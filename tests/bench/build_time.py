"""The whole of `slim build --no-debug` against the floor, and against an image with ballast."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.apps.container import docker
from tests.bench.figure import Figure, median
from tests.bench.floor import Floor, Service, measure_floor
from tests.bench.images import build_image
from tests.bench.slim_build import Build, forget, slim_build

PROBE = "/health"
OPTIONS = ("--http-probe", PROBE, "--no-debug")


def measure_build_time(
    name: str, image: str, service: Service, *options: str, runs: int
) -> list[Figure]:
    """Seconds of build and floor, taken in turns, their ratio, and whether bytes repeat. `options`
    are those of the build; without any, it has one HTTP probe."""
    options = options or OPTIONS
    builds: list[Build] = []
    floors: list[Floor] = []
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "slim.tar"
        # The first build warms the caches of the machine and gives the archive for the floor.
        first = slim_build(image, *options, name=name)
        docker("save", "--output", str(archive), first.reference)
        forget(first.reference)
        for _ in range(runs):
            floors.append(measure_floor(image, first.reference, archive, service))
            forget(first.reference)
            builds.append(slim_build(image, *options, name=name))
            forget(first.reference)

    floor = median(
        f"{name}: floor",
        [one.total for one in floors],
        note="run {:.2f} + load {:.2f} + run {:.2f}".format(
            *(
                statistics.median(getattr(one, part) for one in floors)
                for part in ("run_original", "load_slim", "run_slim")
            )
        ),
    )
    build = median(f"{name}: slim build --no-debug", [one.seconds for one in builds])
    results = {one.image_id for one in (first, *builds)}
    return [
        floor,
        build,
        Figure(
            name=f"{name}: slim build / floor", value=build.value / floor.value, unit="", goal=1.5
        ),
        Figure(
            name=f"{name}: different images from {len(builds) + 1} runs",
            value=float(len(results)),
            unit="",
            goal=1.0,
        ),
        peak_memory(name, [first, *builds]),
    ]


def measure_pair(name: str, image: str, *options: str, runs: int) -> list[Figure]:
    """What the debug image adds to a build, without and with it taken in turns."""
    alone: list[Build] = []
    pairs: list[Build] = []
    # One round more than is counted: the first finds cold caches.
    for _ in range(runs + 1):
        for builds, further in ((alone, ("--no-debug",)), (pairs, ())):
            builds.append(slim_build(image, *options, *further, name=f"pair-{name}"))
            forget(builds[-1].reference)
    without = median(f"{name}: slim build --no-debug", [one.seconds for one in alone[1:]])
    both = median(f"{name}: with its debug image", [one.seconds for one in pairs[1:]])
    ratio = both.value / without.value
    name = f"{name}: pair / slim image alone"
    return [without, both, Figure(name=name, value=ratio, unit="", goal=1.25)]


def measure_unused_files(nginx: str, runs: int) -> list[Figure]:
    """What a gigabyte of files that nobody uses adds to a build."""
    ballast = build_image("unused_files", base=nginx)
    plain: list[Build] = []
    loaded: list[Build] = []
    # One round more than is counted: the first finds cold caches.
    for _ in range(runs + 1):
        for image, builds in ((nginx, plain), (ballast, loaded)):
            builds.append(slim_build(image, *OPTIONS, name="unused-files"))
            forget(builds[-1].reference)
    without = median("nginx: slim build", [one.seconds for one in plain[1:]])
    with_ballast = median("nginx + 1 GB: slim build", [one.seconds for one in loaded[1:]])
    return [
        without,
        with_ballast,
        Figure(
            name="1 GB of unused files adds",
            value=with_ballast.value - without.value,
            unit="s",
            goal=0.5,
        ),
        peak_memory("nginx + 1 GB", loaded),
    ]


def peak_memory(name: str, builds: list[Build]) -> Figure:
    """The largest resident set of the slimmer process among some builds."""
    return Figure(
        name=f"{name}: peak memory of slimmer",
        value=max(one.peak_memory for one in builds) / 1e6,
        unit="MB",
        goal=150.0,
    )
