"""What a check is told: gates with their limits, and what else is named; on the command line and in
a file, with the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from slimmer.check.gate import Gate
from slimmer.check.gates import GATES
from slimmer.disk import exists, is_regular
from slimmer.errors import UsageError
from slimmer.options import ANY_PLACE, CHECK, FILE, Kind, Section, read_command_section

SLIM_YAML: Final = Path("slim.yaml")
OWN_FILE: Final = Path(".slim-check.yaml")


def _file_or_image(text: str, folder: Path) -> Path | str:
    """A file where there is one of that name, or it can be no image's."""
    file = folder / text
    is_file = exists(file) or text.startswith((".", "/")) or text.endswith((".json", ".tar"))
    return file if is_file else text


@dataclass(frozen=True, kw_only=True)
class Input:
    """Something beside the image that gates need."""

    name: str
    """`baseline-scan`: the option is `--baseline-scan`, the key in a file `baseline_scan`."""
    kind: Kind
    help: str


INPUTS: Final[tuple[Input, ...]] = (
    Input(
        name="baseline",
        kind=Kind(metavar="FILE|IMAGE", parse=_file_or_image),
        help="Compare with this: what an earlier check wrote, or an image",
    ),
    Input(
        name="baseline-scan",
        kind=FILE,
        help="The scan of what the image was before, for --scan",
    ),
    Input(name="trace", kind=FILE, help="A saved trace of the image: tells what was never used"),
    Input(
        name="report",
        kind=ANY_PLACE,
        help="The report of its build. Default: that below slim-report",
    ),
)


@dataclass(frozen=True, kw_only=True)
class CheckSettings:
    """What was said."""

    limits: Mapping[str, Any] = field(default_factory=dict)
    """Gate's name → its limit."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """Input's name → its value."""

    def over(self, below: CheckSettings) -> CheckSettings:
        """With what these do not say taken from others; lists are joined."""
        limits = {**below.limits, **self.limits}
        for name in below.limits.keys() & self.limits.keys():
            if _is_list(name):
                limits[name] = (*below.limits[name], *self.limits[name])
        return CheckSettings(limits=limits, inputs={**below.inputs, **self.inputs})


ROWS: Final[tuple[Gate | Input, ...]] = (*GATES, *INPUTS)
"""All that can be said, in the order in which it is told."""


def key_of(row: Gate | Input) -> str:
    """As a file calls it."""
    return row.name.replace("-", "_")


def read_texts(texts: Mapping[str, Sequence[str]]) -> CheckSettings:
    """What options say: name → the texts that it was given, an empty one for a switch. Raises
    UsageError."""
    limits = {gate.name: _of_texts(gate, texts[gate.name]) for gate in GATES if gate.name in texts}
    inputs = {row.name: _of_texts(row, texts[row.name]) for row in INPUTS if row.name in texts}
    return CheckSettings(limits=limits, inputs=inputs)


def _of_texts(row: Gate | Input, texts: Sequence[str]) -> Any:
    try:
        if row.kind.repeatable:
            return tuple(each for text in texts for each in row.kind.of_text(text, Path()))
        return row.kind.of_text(texts[-1], Path())
    except UsageError as error:
        raise UsageError(f"--{row.name}: {error.message}", hint=error.hint) from error


def read_gates(file: Path | None) -> CheckSettings:
    """What a file says; None: the one that is found. Raises ConfigurationError, and UsageError
    where gates stand in two files."""
    if file is not None:
        section = read_command_section(file, CHECK)
        if section is None:
            raise UsageError(f"there is no section `check` in {file}")
        return _of_section(section, file.parent)
    sections = {
        each: section
        for each in (OWN_FILE, SLIM_YAML)
        if is_regular(each) and (section := read_command_section(each, CHECK)) is not None
    }
    if len(sections) > 1:
        raise UsageError(
            f"gates stand in {OWN_FILE} and in the section `check` of {SLIM_YAML}",
            hint="keep one of them, or name one with --file",
        )
    for each, section in sections.items():
        return _of_section(section, each.parent)
    return CheckSettings()


def _of_section(section: Section, folder: Path) -> CheckSettings:
    told = {row.name: row.kind.read(section, key_of(row), folder) for row in ROWS}
    section.finish()
    # `no_shell: false` turns a gate off.
    said = {name: value for name, value in told.items() if value not in (None, False, ())}
    names = {gate.name for gate in GATES}
    return CheckSettings(
        limits={name: value for name, value in said.items() if name in names},
        inputs={name: value for name, value in said.items() if name not in names},
    )


def check_settings(texts: Mapping[str, Sequence[str]], file: Path | None) -> CheckSettings:
    """Options over what a file says. Raises UsageError where there is no gate at all, or one
    without what it needs; ConfigurationError for what is wrong in the file."""
    settings = read_texts(texts).over(read_gates(file))
    if not settings.limits:
        raise UsageError(
            "no gate is given, so there is nothing to check",
            hint="give one, such as --max-size 100MB, or write them into .slim-check.yaml",
        )
    for gate in GATES:
        if gate.name in settings.limits and gate.needs and gate.needs not in settings.inputs:
            raise UsageError(
                f"--{gate.name} compares with something, and --{gate.needs} is not given",
                hint=f"name it: --{gate.needs} FILE|IMAGE",
            )
    return settings


def _is_list(name: str) -> bool:
    return any(gate.name == name and gate.kind.repeatable for gate in GATES)
