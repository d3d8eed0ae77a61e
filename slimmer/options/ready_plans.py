"""The plans that come with slimmer, by name: one file each, in probes/plans/ of the source and in
plans/ of an installed package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import slimmer


def ready_plans() -> Mapping[str, Path]:
    """Name → file, sorted by name."""
    return {file.stem: file for file in sorted(_folder().glob("*.yaml"))}


def _folder() -> Path:
    package = Path(slimmer.__file__).parent
    installed = package / "plans"
    return installed if installed.is_dir() else package.parent / "probes" / "plans"
