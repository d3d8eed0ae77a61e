"""Ten thousand builds, each replaced by a recorded outcome: what they take of the memory of the
process that has scheduler and coordinator, and of the time of both."""

from __future__ import annotations

import gc
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO

import psutil

from slimmer.fleet import Job, LayerSize, Limits, Outcome
from slimmer.fleet.planning import Planned
from slimmer.fleet.progress import PlainFleetProgress
from slimmer.fleet.running import run_builds
from slimmer.fleet.state import State
from slimmer.fleet.workforce import local_workers
from slimmer.options import read_options
from tests.survey.survey import SAMPLES

RECORDED: Final = Outcome(
    name="",
    image="slimmer-samples/flask:latest",
    size_before=514_663_896,
    size=31_827_693,
    image_id="sha256:" + "8" * 64,
    layers=tuple(
        LayerSize(name=name, digest="sha256:" + digit * 64, size=10_000_000)
        for name, digit in (("system", "1"), ("dependencies", "2"), ("application", "3"))
    ),
    seconds=8.2,
    engine="unix:///var/run/docker.sock",
    report="/srv/slim-fleet/images/slimmer-samples_flask_latest-slim/report.html",
)
"""As a build of the Flask sample ends."""
MARKS: Final = (100, 1_000, 2_500, 5_000, 10_000)


def recorded(job: Job) -> Outcome:
    return replace(RECORDED, name=job.name)


def simulate(count: int, said: TextIO) -> None:
    """Says, at each mark, the resident memory and the seconds so far."""
    options = read_options(SAMPLES / "flask" / "slim.yaml")
    planned = [
        Planned(
            job=Job(name=f"fleet/app:{number}", options=options, seconds=60.0),
            fingerprint=f"{number:064x}",
            original=None,
        )
        for number in range(count)
    ]
    process = psutil.Process()
    gc.collect()
    with (
        tempfile.TemporaryDirectory() as folder,
        local_workers(["unix:///none"] * 2, recorded) as workforce,
    ):
        state = State(Path(folder) / "fleet.sqlite")
        begun, before = time.monotonic(), process.memory_info().rss
        ended = 0

        def done(outcome: Outcome) -> None:
            nonlocal ended
            ended += 1
            if ended in MARKS:
                rss = process.memory_info().rss
                said.write(
                    f"{ended:6,} builds: {rss / 1e6:.0f} MB, {(rss - before) / 1e6:+.1f} MB, "
                    f"{time.monotonic() - begun:.0f} s\n"
                )
                said.flush()

        with open("/dev/null", "w", encoding="utf-8") as nowhere:
            progress = PlainFleetProgress(nowhere)
            run_builds(planned, workforce, state, "separate", Limits(), progress, done)
        state.close()
