"""`python -m tests.bench`: measures the figures that the README states.

All of them are taken in one run on one machine, beside the floor that the plain docker client
sets there, as only their ratio says something about slimmer.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.apps.container import docker
from tests.bench.advice import measure_advice
from tests.bench.build_time import PROBE, measure_build_time, measure_pair, measure_unused_files
from tests.bench.crawl import measure_crawl
from tests.bench.fidelity import measure_fidelity
from tests.bench.figure import Figure, table
from tests.bench.floor import Service
from tests.bench.pull_request import measure_pull_request
from tests.bench.python_start import measure_python_start
from tests.bench.saved_trace import measure_saved_trace
from tests.bench.sizes import measure_sizes
from tests.bench.slim_build import ROOT
from tests.bench.throughput import measure_throughput
from tests.bench.verification import measure_verification
from tests.bench.xray import measure_xray

SAMPLES = ROOT / "sample_apps"
BUSYBOX = "slimmer-samples/busybox:latest"
SERVICES = {
    "static": Service(port=8080),
    "nginx": Service(port=80),
    "flask": Service(port=8000),
    "express": Service(port=3000),
    "postgres": Service(
        command=("pg_isready", "--host", "127.0.0.1"), environment=("POSTGRES_PASSWORD=tea",)
    ),
}
"""What is held to the floor."""
BUILDS = {
    "postgres": (
        *("--exec-probe", "pg_isready --host 127.0.0.1", "--env", "POSTGRES_PASSWORD=tea"),
        "--no-debug",
    ),
}
"""Options of those builds that are not for one request to /health."""


def sample_images() -> dict[str, str]:
    """Sample name to image reference, built where missing."""
    result = subprocess.run(
        [sys.executable, str(SAMPLES / "build.py")], stdout=subprocess.PIPE, text=True, check=True
    )
    lines = [line.split() for line in result.stdout.splitlines()]
    return dict(lines)


def machine() -> dict[str, str | int]:
    """What the figures depend on."""
    return {
        "processors": os.cpu_count() or 0,
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "engine": docker("version", "--format", "{{.Server.Version}}"),
        "storage_driver": docker("info", "--format", "{{.Driver}}"),
        "python": platform.python_version(),
        # Without it, as pyenv makes it, Python takes a third more time: distributions' has it.
        "python_optimized": "--enable-optimizations"
        in (sysconfig.get_config_var("CONFIG_ARGS") or ""),
    }


def slim_yaml(name: str) -> tuple[str, ...]:
    """The options of a build as the sample's slim.yaml says, without the debug image."""
    return "--file", str(SAMPLES / name / "slim.yaml"), "--no-debug"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs behind each median (default 5)")
    parser.add_argument("--output", type=Path, help="also write the figures to this JSON file")
    parser.add_argument("--only", action="append", help="measure only this group (repeatable)")
    arguments = parser.parse_args()

    images = sample_images()
    runs: int = arguments.runs
    groups: dict[str, Callable[[], list[Figure]]] = {
        **{
            name: partial(
                measure_build_time, name, images[name], service, *BUILDS.get(name, ()), runs=runs
            )
            for name, service in SERVICES.items()
        },
        "pair": lambda: measure_pair("flask", images["flask"], "--http-probe", PROBE, runs=runs),
        "python-start": lambda: measure_python_start(images["flask"], runs),
        "unused-files": lambda: measure_unused_files(images["nginx"], runs),
        "saved-trace": lambda: [
            figure
            for name in ("flask", "express")
            for figure in measure_saved_trace(name, images[name], *slim_yaml(name), runs=runs)
        ],
        "pull-request": lambda: [
            figure
            for name in ("flask", "express")
            for figure in measure_pull_request(name, *slim_yaml(name), runs=runs)
        ],
        "fidelity": lambda: [
            figure
            for name in ("flask", "express")
            for figure in measure_fidelity(
                name, images[name], "--file", str(SAMPLES / name / "slim.yaml"), runs=runs
            )
        ],
        "verification": lambda: [
            figure
            for name in ("nginx", "flask")
            for figure in measure_verification(name, images[name], runs=runs)
        ],
        "throughput": lambda: measure_throughput(images["flask"], runs),
        "crawl": lambda: measure_crawl(BUSYBOX, runs),
        "xray": lambda: measure_xray(images["express"], runs),
        "advice": lambda: measure_advice(images),
        "sizes": lambda: measure_sizes(images),
    }
    unknown = set(arguments.only or ()) - set(groups)
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(groups)}")

    figures: list[Figure] = []
    for name, measure in groups.items():
        if arguments.only and name not in arguments.only:
            continue
        sys.stderr.write(f"bench: {name}\n")
        figures += measure()
    sys.stdout.write(table(figures) + "\n")
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        document = {"machine": machine(), "figures": [figure.as_object() for figure in figures]}
        with tempfile.NamedTemporaryFile("w", dir=arguments.output.parent, delete=False) as beside:
            json.dump(document, beside, indent=2)
            beside.write("\n")
        Path(beside.name).replace(arguments.output)
    return 0 if all(figure.reached is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
