"""A crawl of a static site of 300 pages, in the traced original and again in the slim image."""

from __future__ import annotations

from typing import Any

from tests.bench.figure import Figure, median
from tests.bench.images import build_image
from tests.bench.slim_build import Build, forget, slim_build

PAGES = 300
GOAL = 5.0
"""Seconds."""
_OTHER = 22
"""The style sheet, 20 images, and the index by its other name."""


def measure_crawl(base: str, runs: int) -> list[Figure]:
    """Seconds from the first request to the last answer; `base` is a busybox."""
    image = build_image("crawl_site", base=base)
    builds: list[Build] = []
    # One round more than is counted: the first finds cold caches.
    for _ in range(runs + 1):
        build = slim_build(image, "--crawl", "--strategy", "minimal", "--no-debug", name="crawl")
        forget(build.reference)
        builds.append(build)
    for build in builds:
        _check(build.report)
    return [
        median(
            "crawl: 300 pages, traced",
            [build.report["explorations"][0]["seconds"] for build in builds[1:]],
            goal=GOAL,
        ),
        median(
            "crawl: the same again in the slim image",
            [_replayed(build.report) for build in builds[1:]],
        ),
        median("crawl: the whole build", [build.seconds for build in builds[1:]]),
        Figure(
            name="crawl: peak memory",
            value=max(build.peak_memory for build in builds) / 1e6,
            unit="MB",
        ),
    ]


def _check(report: dict[str, Any]) -> None:
    """A crawl that missed a page is quick for the wrong reason."""
    (explored,) = report["explorations"]
    if explored["statuses"] != {"200": PAGES + _OTHER} or explored["left_out"]:
        raise RuntimeError(f"not the whole site was crawled: {explored}")


def _replayed(report: dict[str, Any]) -> float:
    (test,) = (each for each in report["tests"] if each["image"] == "slim")
    (seconds,) = (each["seconds"] for each in test["probes"] if each["name"] == "crawl")
    return float(seconds)
