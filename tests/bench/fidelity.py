"""What the fidelity check adds to a build of both images."""

from __future__ import annotations

from tests.bench.figure import Figure, median
from tests.bench.slim_build import Build, forget, slim_build


def measure_fidelity(name: str, image: str, *options: str, runs: int) -> list[Figure]:
    """Seconds of builds with and without it, taken in turns with an engine that has no layer of
    the result, and what it adds as a share."""
    builds: dict[str, list[Build]] = {"on": [], "off": []}
    # One round more than is counted: the first finds cold caches.
    for _ in range(runs + 1):
        for switch, done in builds.items():
            module = ("tests.bench.fidelity_switch", switch)
            done.append(slim_build(image, *options, name=f"fidelity-{name}", module=module))
            forget(done[-1].reference)
    with_it, without = (
        median(f"{name}: build {words} the fidelity check", [one.seconds for one in done[1:]])
        for words, done in (("with", builds["on"]), ("without", builds["off"]))
    )
    checked = builds["on"][-1].report["fidelity"]
    return [
        with_it,
        without,
        Figure(
            name=f"{name}: added by the fidelity check",
            value=with_it.value / without.value - 1,
            unit="",
            goal=0.2,
            note=", ".join(
                f"{each['image']}: {each['paths']:,} paths, {each['bytes_read'] / 1e6:.1f} MB"
                for each in checked
            ),
        ),
    ]
