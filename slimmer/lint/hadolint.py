"""The real hadolint: found, run, and helped over the here-documents that it stops at.

hadolint 2.15 reads nothing of a file with a here-document that no empty line follows. It is given
the file with such lines put in; whatever it still stops at is blanked, and named.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer import DISTRIBUTION
from slimmer.dockerfile import Instruction, Source
from slimmer.errors import HadolintError
from slimmer.lint.document import Lines
from slimmer.lint.finding import SEVERITIES, Finding

INSTALL: Final = f"pip install '{DISTRIBUTION}[lint]'"
CONFIGURATIONS: Final = (".hadolint.yaml", ".hadolint.yml")
_UNREADABLE: Final = "DL1000"
_BAD_CONFIGURATION: Final = b"Error parsing your config file"
_MOST_BLANKED: Final = 16
_PATIENCE: Final = 60
"""Seconds for one run, which takes some 20 ms."""


@dataclass(frozen=True, kw_only=True)
class HadolintResult:
    """What it said of one file."""

    findings: tuple[Finding, ...]
    unseen: tuple[Lines, ...] = ()


def find_hadolint() -> str:
    """The program: that of this Python environment, or one on the PATH; empty for none."""
    own = shutil.which("hadolint", path=sysconfig.get_path("scripts"))
    return own or shutil.which("hadolint") or ""


def run_hadolint(program: str, source: Source, options: Sequence[str] = ()) -> HadolintResult:
    """Let it read a Dockerfile. Raises HadolintError where it cannot do its work."""
    lines = source.text.split("\n")
    heredocs = [each for each in source.instructions if (each.trigger or each).heredocs]
    blanked: list[Instruction] = []
    while True:
        text, numbers = _for_hadolint(lines, heredocs, blanked)
        findings = _told(program, text, numbers, options)
        stop = next((each for each in findings if each.code == _UNREADABLE), None)
        if stop is None:
            unseen = tuple(Lines(first=each.line, last=each.end_line) for each in blanked)
            return HadolintResult(findings=findings, unseen=unseen)
        culprit = _culprit(source.instructions, stop.line, blanked)
        if culprit is None or len(blanked) == _MOST_BLANKED:
            return HadolintResult(findings=(), unseen=(Lines(first=1, last=len(lines)),))
        blanked.append(culprit)


def _for_hadolint(
    lines: Sequence[str], heredocs: Sequence[Instruction], blanked: Sequence[Instruction]
) -> tuple[str, list[int]]:
    """The text, and the number that each of its lines has in the file."""
    hidden = {number for each in blanked for number in range(each.line, each.end_line + 1)}
    ends = {each.end_line for each in heredocs}
    text: list[str] = []
    numbers: list[int] = []
    for number, line in enumerate(lines, 1):
        text.append("" if number in hidden else line)
        numbers.append(number)
        if number in ends and number < len(lines) and lines[number].strip():
            text.append("")
            numbers.append(number)
    return "\n".join(text), numbers


def _culprit(
    instructions: Sequence[Instruction], line: int, blanked: Sequence[Instruction]
) -> Instruction | None:
    """The instruction that it stops at: the one that the line is in the middle of, or else the last
    here-document before, or else the one that begins there."""
    left = [each for each in instructions if each not in blanked and each.name != "FROM"]
    inside = [each for each in left if each.line < line <= each.end_line]
    before = [each for each in left if each.end_line < line and (each.trigger or each).heredocs]
    at = [each for each in left if each.line == line]
    return next(iter(inside or before[-1:] or at), None)


def _told(
    program: str, text: str, numbers: Sequence[int], options: Sequence[str]
) -> tuple[Finding, ...]:
    command = [program, "--format", "json", "--no-fail", *options, "-"]
    try:
        ended = subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        if _BAD_CONFIGURATION in ended.stderr:  # it says so, and goes on without
            raise HadolintError(
                "hadolint does not understand its configuration",
                hint="mend it, name another one with --hadolint-config, or say --no-hadolint",
                details=_shown(ended.stderr),
            )
        found = json.loads(ended.stdout)
        return tuple(_finding(each, numbers) for each in found)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HadolintError(
            f"hadolint cannot be run: {error}", hint="`--no-hadolint` leaves it out"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise HadolintError(
            f"hadolint failed with code {ended.returncode}",
            hint=f"try it: {program} Dockerfile; `--no-hadolint` leaves it out",
            details=_shown(ended.stderr or ended.stdout),
        ) from error


def _shown(said: bytes) -> str:
    """Its last words; it writes them as a quoted text with escapes."""
    text = said.decode("utf-8", "replace").strip()
    return text[-2000:].strip('"').replace("\\n", "\n").replace("\\t", "  ")


def _finding(told: dict[str, Any], numbers: Sequence[int]) -> Finding:
    position = min(max(1, int(told["line"])), len(numbers))
    severity = str(told["level"])
    return Finding(
        code=str(told["code"]),
        severity=severity if severity in SEVERITIES else "style",
        line=numbers[position - 1],
        column=max(1, int(told["column"])),
        message=" ".join(str(told["message"]).split()),
        source="hadolint",
    )


def configuration_beside(dockerfile: Path) -> Path | None:
    """hadolint's configuration in the folder of a Dockerfile; by itself it looks only where it is
    started, and in the user's own folder."""
    beside = (dockerfile.parent / name for name in CONFIGURATIONS)
    return next((path for path in beside if path.is_file()), None)
