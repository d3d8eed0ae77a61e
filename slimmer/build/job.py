"""What all steps of one build share."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from slimmer.build.concealing import concealment_of
from slimmer.build.destinations import report_directory_of
from slimmer.engine import Session
from slimmer.errors import UsageError
from slimmer.options import BuildOptions, DebugImage, Role, Verification
from slimmer.probing import Concealment
from slimmer.progress import Progress, StageClock
from slimmer.trace.run import Processor
from slimmer.values import Original, Probe

if TYPE_CHECKING:  # most builds make no profile
    from slimmer.seccomp import Additions


@dataclass(frozen=True, kw_only=True)
class Job:
    """One build."""

    options: BuildOptions
    progress: Progress
    clock: StageClock
    session: Session
    folder: Path
    """The workspace; goes with the run."""
    pool: ThreadPoolExecutor
    """For what goes on beside the main thread; all of it is done before the run ends."""
    aside: ThreadPoolExecutor
    """One thread, for what takes nothing but a processor, so that it does not get into the way of
    what waits for the engine."""
    runs: ThreadPoolExecutor
    """For runs of containers: where there are several roles, no more of them go on at once than
    get on with each other. Nothing in it may wait for anything else in it."""
    original: Original
    slim_name: str
    debug_name: str
    """Empty where no debug image is made."""
    bases: tuple[Original, ...] = ()
    """What `--base` names."""
    processor: Processor = Processor.OWN
    """What runs the original's programs here."""
    missed: tuple[tuple[str, str], ...] = ()
    """(path, file) of `--include-from`, see KeepRequest.missed."""
    additions: Additions | None = None
    """What `--seccomp-from` names; None where no profile is made."""
    notes: list[str] = field(default_factory=list)
    """Sentences for the report, added to as they come up."""

    def trace_file(self, role: Role) -> Path:
        """Where the sensor's records of a role go: `trace`, or `trace-NAME`."""
        return self.folder / "-".join(filter(None, ("trace", role.name)))

    @cached_property
    def conceal(self) -> Concealment:
        """Takes the values of secrets out of what is told of the run."""
        return concealment_of(self.options)

    @property
    def platform(self) -> str:
        """The original's: `linux/arm64`."""
        return f"{self.original.os}/{self.original.architecture}"

    @property
    def report_directory(self) -> Path:
        """Where the report goes, and all that lies beside it."""
        return report_directory_of(self.options, self.slim_name)

    def ports_named(self, probes: Iterable[Probe]) -> set[int]:
        """The ports that these probes name."""
        return {probe.port for probe in probes if probe.port}

    def warn(self, text: str) -> None:
        """Tell the user now, and in the report."""
        self.notes.append(text)
        self.progress.warned(text)


def without_images(options: BuildOptions, verify: Verification) -> BuildOptions:
    """The options for work that runs the original and makes no image of it: whatever slim.yaml
    says of images, and of traces that stand in for a run, is left out."""
    return dataclasses.replace(
        options,
        verify=verify,
        debug=DebugImage.NONE,
        bases=(),
        harden=False,
        push=False,
        push_debug=False,
        from_trace=None,
        save_trace=None,
        cache_directory=None,
    )


def source_date_epoch() -> int | None:
    """SOURCE_DATE_EPOCH in seconds; None where it is not set. Raises UsageError."""
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if not text:
        return None
    if not text.isdigit():
        raise UsageError(f"SOURCE_DATE_EPOCH is `{text}`, not a number of seconds")
    return int(text)
