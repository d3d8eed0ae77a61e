"""How long an import-heavy Python program takes to start: untraced, traced, under strace -f."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.apps.container import docker
from tests.bench.figure import Figure, median
from tests.bench.images import build_image
from tests.bench.slim_build import forget, slim_build

OPTIONS = ("--no-debug", "--exec-probe", "python3 --version")
RUN = ("run", "--rm", "--volume")


def measure_python_start(flask: str, runs: int) -> list[Figure]:
    """Three medians of seconds, and two ratios."""
    image = build_image("python_start", base=flask)
    plain, traced, strace = [], [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            results = Path(folder) / "nanoseconds"
            # The container's user is not this one.
            Path(folder).chmod(0o777)
            mount = f"{folder}:/results"
            docker(*RUN, mount, image)
            docker(
                *RUN, mount, "--cap-add", "SYS_PTRACE", "--entrypoint", "strace", image,
                "-f", "-o", "/dev/null", "sh", "/measure/measure.sh",
            )  # fmt: skip
            build = slim_build(image, "--volume", mount, *OPTIONS, name="python-start")
            forget(build.reference)
            # In the order of the runs; the smoke test of the slim image adds its own behind.
            seconds = [int(line) / 1e9 for line in results.read_text().split()]
            plain.append(seconds[0])
            strace.append(seconds[1])
            traced.append(seconds[2])
    figures = [
        median("Python start, untraced", plain),
        median("Python start, traced by slimmer", traced),
        median("Python start, strace -f", strace),
    ]
    return [
        *figures,
        Figure(
            name="Python start, traced / untraced",
            value=figures[1].value / figures[0].value,
            unit="",
            goal=2.0,
        ),
        Figure(
            name="Python start, strace -f / untraced",
            value=figures[2].value / figures[0].value,
            unit="",
        ),
    ]
