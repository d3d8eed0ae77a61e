"""Sizes of the sample applications, slimmed with all that their slim.yaml says."""

from __future__ import annotations

from collections.abc import Mapping

from tests.apps.container import inspect_image
from tests.bench.build_time import peak_memory
from tests.bench.figure import Figure
from tests.bench.slim_build import ROOT, Build, forget, slim_build

GOALS = {"flask": 40.0, "express": 100.0, "static": 10.0}
"""MB."""


def measure_sizes(images: Mapping[str, str]) -> list[Figure]:
    """MB of each slim image, and the peak memory of making them."""
    figures = []
    builds: list[Build] = []
    for file in sorted((ROOT / "sample_apps").glob("*/slim.yaml")):
        name = file.parent.name
        before = inspect_image(images[name])["Size"]
        build = slim_build(images[name], "--file", str(file), "--no-debug", name=name)
        forget(build.reference)
        builds.append(build)
        figures.append(
            Figure(
                name=f"{name}: slim image",
                value=build.size / 1e6,
                unit="MB",
                goal=GOALS.get(name),
                note=f"was {before / 1e6:.0f} MB: {before / build.size:.1f} times smaller,"
                f" in {build.seconds:.1f} s",
            )
        )
    return [*figures, peak_memory("samples", builds)]
