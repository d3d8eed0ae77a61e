"""What gates judge: an image that was read once, and what else was named or found beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from slimmer.check.baseline import Baseline, read_baseline
from slimmer.errors import GateUnmeasuredError
from slimmer.explain import ReadImage
from slimmer.files import RootfsIndex
from slimmer.report import SavedReport
from slimmer.xray import Examination, Xray


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What was named beside the image and its gates."""

    baseline: Path | str | None = None
    """A file, or an image of the engine."""
    baseline_scan: Path | None = None
    trace: Path | None = None
    report: Path | None = None
    platform: str = ""
    """Which image of an OCI layout is meant; empty: the only one."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An image before its gates."""

    reference: str
    """As the user named it."""
    image: ReadImage
    examination: Examination
    inputs: Inputs
    report: SavedReport | None
    """Of the build that made the image, or that it is the original of; None where there is none."""

    @property
    def xray(self) -> Xray:
        """What the image consists of."""
        return self.examination.xray

    @property
    def index(self) -> RootfsIndex:
        """What a container of it has."""
        return self.examination.index

    @property
    def is_result(self) -> bool:
        """Whether the report's build made this image, and not only took it as the original."""
        return self.report is not None and self.report.original.id not in self.image.ids

    def package_of(self, path: str) -> str:
        """The package that owns the path; empty where none does."""
        return self.examination.packages.name_of(path)

    @cached_property
    def baseline(self) -> Baseline:
        """What the image is compared with. Raises SlimError."""
        if self.inputs.baseline is None:
            raise GateUnmeasuredError(
                "there is no baseline to compare with", hint="name one with --baseline FILE|IMAGE"
            )
        return read_baseline(self.inputs.baseline, self.inputs.platform)
