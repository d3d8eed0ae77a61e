"""A pull request's build: one line of the source is another one, the trace is checked in, and the
engine has the images of the main branch."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.figure import Figure, median
from tests.bench.slim_build import Build, forget, slim_build
from tests.layers.__main__ import SAMPLE_CHANGES, SAMPLES, builder, sample_image


def measure_pull_request(name: str, *options: str, runs: int) -> list[Figure]:
    """Seconds of the traced build of the main branch, and of that of the changed source from its
    trace, taken in turns; their ratio, and how many layers are others than those of main."""
    base = builder.trusting(builder.run(str(SAMPLES / "base")).stdout.split()[-1])
    traced: list[Build] = []
    recalled: list[Build] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        sample_image(name, base) as main,
        sample_image(name, base, SAMPLE_CHANGES[name].line) as changed,
    ):
        file = str(Path(folder) / "app.trace")
        # One round more than is counted: the first finds cold caches.
        for _ in range(runs + 1):
            traced.append(slim_build(main, *options, "--save-trace", file, name=f"pull-{name}"))
            recalled.append(
                slim_build(changed, *options, "--from-trace", file, name=f"pull-{name}")
            )
            forget(recalled[-1].reference)
    new = new_layers(traced[-1], recalled[-1])
    figures: list[Figure] = []
    for clock in ("seconds", "processor"):
        before, after = (
            median(f"{name}: {what}, {clock}", [getattr(each, clock) for each in builds[1:]])
            for what, builds in (("traced build of main", traced), ("a changed line", recalled))
        )
        ratio = f"{name}: changed line / traced, {clock}"
        figures += [
            before,
            after,
            Figure(name=ratio, value=after.value / before.value, unit="", goal=1 / 3),
        ]
    return [
        *figures,
        Figure(
            name=f"{name}: new layers",
            value=float(len(new)),
            unit="",
            goal=1.0,
            note=", ".join(f"{layer} {size / 1e6:.2f} MB" for layer, size in new.items()),
        ),
    ]


def new_layers(before: Build, after: Build) -> dict[str, int]:
    """Name → bytes of the slim image's layers that the one before has not."""
    known = {layer["digest"] for layer in before.report["slim"]["layers"]}
    return {
        layer["name"]: layer["size"]
        for layer in after.report["slim"]["layers"]
        if layer["digest"] not in known
    }
