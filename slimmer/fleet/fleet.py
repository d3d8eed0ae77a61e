"""One run of `slim fleet`, step after step."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from slimmer.codec import Codec
from slimmer.disk import files_beside, space_errors
from slimmer.engine import connect
from slimmer.errors import BaseMissingError
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
    Foundation,
    compose_fleet_report,
    node_size,
)
from slimmer.fleet.running import run_builds
from slimmer.fleet.sharing import ALONE, AUTO, OFF, SEPARATE, SHARED, propose, settle, standing
from slimmer.fleet.state import State
from slimmer.fleet.workforce import Workforce, local_workers, require_distributed, workers_of
from slimmer.remains import finished

STATE_NAME: Final = "fleet.sqlite"
JSON_NAME: Final = "fleet.json"
PAGE_NAME: Final = "fleet.html"
MARKDOWN_NAME: Final = "fleet.md"
_BUILDS: Final = "images"
"""The folder with a folder for each build."""
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
    share: str = ""
    """`auto`, `off`, or an image to stand on; empty: as the file says, else `auto`."""


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
        share = options.share or file.share or AUTO
        _refuse_missing(share, home, options)
        plain = plan_fleet(file, home, output / _BUILDS)
        planned = [standing(each, share, home, state) for each in plain]
        run = _Run(home=home, state=state, file=file, options=options, progress=progress)
        run.build(planned, share, {each.job.name: each for each in plain})
        report = compose_fleet_report(
            run.builds(planned),
            mode=share,
            node_separate=run.node_separate(planned),
            foundations=run.foundations,
            seconds=time.monotonic() - begun,
            notes=run.notes,
        )
    write_fleet_report(report, output)
    return report


def _refuse_missing(share: str, home: Home, options: FleetOptions) -> None:
    """An image to stand on that no worker will have; those of a scheduler may have others."""
    if share in (AUTO, OFF) or options.scheduler or home.engine.find_image(share) is not None:
        return
    raise BaseMissingError(
        f"share: the engine at {home.engine.address} has no image {share}",
        hint=f"write {AUTO}, {OFF}, or the name of an image that all are to stand on",
    )


@dataclass(frozen=True, kw_only=True)
class _Run:
    """What the steps share, and what they have found out."""

    home: Home
    state: State
    file: FleetFile
    options: FleetOptions
    progress: FleetProgress
    unchanged: dict[str, Outcome] = field(default_factory=dict)
    separate: dict[str, Outcome] = field(default_factory=dict)
    shared: dict[str, Outcome] = field(default_factory=dict)
    foundations: list[Foundation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def build(self, planned: Sequence[Planned], share: str, plain: Mapping[str, Planned]) -> None:
        """All that has changed; and once more, on what they have in common, those that stood
        alone. `plain`: the builds as the file has them, by name."""
        if not self.options.fresh:
            self.unchanged.update(self._unchanged(planned))
        for outcome in self.unchanged.values():
            self.progress.unchanged(outcome)
        left = [each for each in planned if each.job.name not in self.unchanged]
        if not left:
            return
        with self._workforce() as workforce:
            if workforce.dashboard:
                self.progress.said(f"dashboard: {workforce.dashboard}")
            alone = [each for each in left if not each.job.options.bases]
            based = [each for each in left if each.job.options.bases]
            for stage, jobs, ended in (
                (SEPARATE, alone, self.separate),
                (SHARED, based, self.shared),
            ):
                if jobs:
                    self._do(jobs, workforce, stage, ended)
            if share == AUTO:
                self._alone_instead([plain[each.job.name] for each in based], workforce)
                self._share(planned, workforce)

    def _alone_instead(self, based: Sequence[Planned], workforce: Workforce) -> None:
        """What failed on a foundation that nobody asked for."""
        failed = [
            each
            for each in based
            if not each.job.options.bases and not self.shared[each.job.name].is_built
        ]
        if not failed:
            return
        self._do(failed, workforce, SEPARATE, self.separate)
        for each in failed:
            name = each.job.name
            problem = self.shared.pop(name).problem
            if self.separate[name].is_built and each.original is not None:
                self.state.stands_on(name, ALONE, each.original.layers[0])
                self.notes.append(
                    f"{name} stands alone, since it failed on a foundation: {problem}"
                )

    def _share(self, planned: Sequence[Planned], workforce: Workforce) -> None:
        """Images that stand alone, those of earlier runs among them."""
        alone = {**self.unchanged, **self.separate}
        able = [
            (each, alone[each.job.name])
            for each in planned
            if not each.job.options.bases
            and each.job.name in alone
            and alone[each.job.name].is_built
        ]
        if not any(each.job.name in self.separate for each, _ in able):
            return
        self.progress.said("looking for what images of one base have in common")
        proposals, notes = propose(able, self.home)
        self.notes.extend(notes)
        jobs = [each for proposal in proposals for each in proposal.planned]
        if not jobs:
            return
        tried: dict[str, Outcome] = {}
        self._do(jobs, workforce, SHARED, tried)
        for outcome in tried.values():
            if not outcome.is_built:
                self.notes.append(
                    f"{outcome.name} stands alone, since it failed on {_bases(jobs, outcome)}: "
                    f"{outcome.problem}"
                )
        settled = settle(
            proposals, {each.job.name: outcome for each, outcome in able}, tried, self.home,
            self.state,
        )  # fmt: skip
        self.foundations.extend(settled)
        used = {name for each in settled if each.used for name in each.images}
        self.shared.update(
            {name: each for name, each in tried.items() if name in used and each.is_built}
        )

    def builds(self, planned: Sequence[Planned]) -> list[Build]:
        """Each as it is now, in the order of the plan."""
        builds = []
        for each in planned:
            name = each.job.name
            outcome = self.shared.get(name) or self.separate.get(name) or self.unchanged[name]
            is_old = name in self.unchanged and name not in self.shared
            status = UNCHANGED if is_old else BUILT if outcome.is_built else FAILED
            builds.append(Build(**_fields(outcome), status=status))
        return builds

    def node_separate(self, planned: Sequence[Planned]) -> int | None:
        """Bytes for a node if each image stood alone, as far as all have been built so."""
        alone = [self.state.last(each.job.name, SEPARATE) for each in planned]
        built = [each for each in alone if each is not None]
        made = [each for each in self.builds(planned) if each.is_built]
        return node_size(built) if len(built) == len(made) else None

    def _do(
        self,
        planned: Sequence[Planned],
        workforce: Workforce,
        stage: str,
        ended: dict[str, Outcome],
    ) -> None:
        def done(outcome: Outcome) -> None:
            ended[outcome.name] = outcome
            if outcome.is_built:
                finished(outcome.name)

        run_builds(planned, workforce, self.state, stage, self.file.limits, self.progress, done)

    def _unchanged(self, planned: Sequence[Planned]) -> dict[str, Outcome]:
        """Name → how it was built before, of images that the engine still has as they were."""
        found = {}
        for each in planned:
            name = each.job.name
            stage = SHARED if each.job.options.bases else SEPARATE
            outcome = self.state.built(name, stage, each.fingerprint) if each.fingerprint else None
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


def _bases(jobs: Sequence[Planned], outcome: Outcome) -> str:
    return next(each.job.options.bases[0] for each in jobs if each.job.name == outcome.name)


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
