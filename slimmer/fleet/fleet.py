"""One run of `slim fleet`, step after step."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer.codec import Codec
from slimmer.disk import files_beside, space_errors
from slimmer.engine import connect
from slimmer.fleet.document import FleetFile
from slimmer.fleet.formats import markdown, page_pieces
from slimmer.fleet.job import Outcome
from slimmer.fleet.planning import Home, Planned, plan_fleet
from slimmer.fleet.progress import FleetProgress
from slimmer.fleet.report import (
    BUILT,
    FAILED,
    UNCHANGED,
    Build,
    FleetReport,
    compose_fleet_report,
)
from slimmer.fleet.running import run_builds
from slimmer.fleet.state import State
from slimmer.fleet.workforce import Workforce, local_workers, require_distributed, workers_of

STATE_NAME: Final = "fleet.sqlite"
JSON_NAME: Final = "fleet.json"
PAGE_NAME: Final = "fleet.html"
MARKDOWN_NAME: Final = "fleet.md"
_BUILDS: Final = "images"
"""The folder with a folder for each build."""
_SEPARATE: Final = "separate"
"""The stage of builds that stand alone."""
_DOCUMENTS: Final = Codec()


@dataclass(frozen=True, kw_only=True)
class FleetOptions:
    """How a fleet is run."""

    output: Path
    """The folder of state and reports."""
    engines: tuple[str, ...] = ()
    """Addresses; none: the usual engine."""
    workers: int = 1
    """For each engine."""
    scheduler: str = ""
    """`tcp://…` of a Dask scheduler that runs; empty: one of our own, with workers on this
    machine."""
    fresh: bool = False
    """Whether what is unchanged is built again."""


def run_fleet(file: FleetFile, options: FleetOptions, progress: FleetProgress) -> FleetReport:
    """Build all images of the file that have changed, and write the reports.

    A build that fails is part of the report, and no error here.
    """
    require_distributed()
    begun = time.monotonic()
    output = options.output.absolute()
    engine = connect(options.engines[0] if options.engines else "")
    with contextlib.closing(engine), contextlib.closing(State(output / STATE_NAME)) as state:
        home = Home.of(engine)
        planned = plan_fleet(file, home, output / _BUILDS)
        run = _Run(home=home, state=state, file=file, options=options, progress=progress)
        builds = run.builds(planned)
        report = compose_fleet_report(
            builds,
            mode="off",
            node_separate=None,
            seconds=time.monotonic() - begun,
        )
    write_fleet_report(report, output)
    return report


@dataclass(frozen=True, kw_only=True)
class _Run:
    """What the steps share."""

    home: Home
    state: State
    file: FleetFile
    options: FleetOptions
    progress: FleetProgress

    def builds(self, planned: Sequence[Planned]) -> list[Build]:
        """Each as it is now, in the order of the plan."""
        known = self._unchanged(planned)
        left = [each for each in planned if each.job.name not in known]
        for outcome in known.values():
            self.progress.unchanged(outcome)
        ended: dict[str, Outcome] = {}
        if left:
            with self._workforce() as workforce:
                if workforce.dashboard:
                    self.progress.said(f"dashboard: {workforce.dashboard}")
                self._do(left, workforce, ended)
        builds = []
        for each in planned:
            name = each.job.name
            outcome = known.get(name) or ended[name]
            status = UNCHANGED if name in known else BUILT if outcome.is_built else FAILED
            builds.append(Build(**_fields(outcome), status=status))
        return builds

    def _do(
        self, planned: Sequence[Planned], workforce: Workforce, ended: dict[str, Outcome]
    ) -> None:
        def done(outcome: Outcome) -> None:
            ended[outcome.name] = outcome

        self.progress.stage("builds", len(planned))
        run_builds(planned, workforce, self.state, _SEPARATE, self.file.limits, self.progress, done)

    def _unchanged(self, planned: Sequence[Planned]) -> dict[str, Outcome]:
        """Name → how it was built before, of images that the engine still has as they were."""
        if self.options.fresh:
            return {}
        found = {}
        for each in planned:
            name = each.job.name
            outcome = (
                self.state.built(name, _SEPARATE, each.fingerprint) if each.fingerprint else None
            )
            image = self.home.engine.find_image(name) if outcome else None
            if outcome and image and image["Id"] == outcome.image_id:
                found[name] = outcome
        return found

    @contextlib.contextmanager
    def _workforce(self) -> Iterator[Workforce]:
        if self.options.scheduler:
            with workers_of(self.options.scheduler) as workforce:
                yield workforce
            return
        engines = self.options.engines or (self.home.engine.address,)
        with local_workers([each for each in engines for _ in range(self.options.workers)]) as ours:
            yield ours


def _fields(outcome: Outcome) -> dict[str, Any]:
    return {each.name: getattr(outcome, each.name) for each in dataclasses.fields(Outcome)}


def write_fleet_report(report: FleetReport, folder: Path) -> None:
    """fleet.json, fleet.html and fleet.md, all or none."""
    with space_errors(folder, "writing the report of the fleet"), files_beside(folder) as staged:
        with (staged.folder / JSON_NAME).open("w", encoding="ascii") as stream:
            stream.writelines(_DOCUMENTS.lines(report))
        with (staged.folder / PAGE_NAME).open("w", encoding="utf-8") as stream:
            stream.writelines(page_pieces(report, folder))
        (staged.folder / MARKDOWN_NAME).write_text(markdown(report), "utf-8")
        staged.publish()
