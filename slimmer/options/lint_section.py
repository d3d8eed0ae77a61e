"""The section `lint:` of slim.yaml: what `slim lint` shall do whenever it is run there."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer.disk import is_regular
from slimmer.options.file import LINT, SLIM_YAML, read_command_section
from slimmer.options.kinds import FILE, FOLDER, NAME, TEXT, Kind, Switch, choice, several


class FailureThreshold(enum.StrEnum):
    """From which severity on a finding makes `slim lint` fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    STYLE = "style"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class LintSetting:
    """One key; an option of `slim lint` says the same."""

    key: str
    kind: Kind
    help: str


LINT_SETTINGS: Final = (
    LintSetting(key="context", kind=FOLDER, help="The build context"),
    LintSetting(key="target", kind=NAME, help="The stage to build"),
    LintSetting(
        key="failure_threshold",
        kind=choice(FailureThreshold),
        help="Fail from this severity on; none never fails",
    ),
    LintSetting(key="ignore", kind=several(TEXT), help="Leave out: SL043, DL3008, SC2086"),
    LintSetting(key="hadolint", kind=Switch(), help="Whether hadolint is run as well"),
    LintSetting(key="hadolint_config", kind=FILE, help="hadolint's configuration"),
)
"""In the order in which they are told."""


def read_lint_section(folder: Path = Path()) -> dict[str, Any]:
    """Key → value, of what slim.yaml in the folder says of `slim lint`; empty where there is no
    such file or section. Raises ConfigurationError with file, line and key."""
    file = folder / SLIM_YAML
    section = read_command_section(file, LINT) if is_regular(file) else None
    if section is None:
        return {}
    told = {each.key: each.kind.read(section, each.key, folder) for each in LINT_SETTINGS}
    section.finish()
    return {key: value for key, value in told.items() if value is not None}
