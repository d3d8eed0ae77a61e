"""SL020: a layer keeps the package lists of apt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slimmer.dockerfile import Instruction
from slimmer.lint.check import Check
from slimmer.lint.commands import script_of
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject

_CLEANED: Final = re.compile(
    r"\b(?:rm|find)\b[^;&|\n]*/var/lib/(?:apt|\{[^}]*\bapt\b|\*)|apt-get\s+dist-?clean"
)


class PackageLists(Check):
    """Some 20 MB, of no use once the packages are there."""

    code = "SL020"
    name = "package lists kept in a layer"
    severity = "warning"
    same_as = frozenset(("DL3009",))

    def find(self, subject: Subject) -> Iterator[Finding]:
        for step, commands in subject.runs:
            updates = any(
                command.name in ("apt-get", "apt", "aptitude") and "update" in command.operands[:1]
                for command in commands
            )
            if updates and not _cleans(step.instruction):
                yield self.finding(
                    step.instruction.line,
                    "apt's lists (some 20 MB) are kept in this layer. End this RUN, and no later "
                    "one, with `&& rm -rf /var/lib/apt/lists/*`",
                )


def _cleans(instruction: Instruction) -> bool:
    mounts = " ".join(instruction.flags_of("mount"))
    return bool(_CLEANED.search(script_of(instruction)) or "/var/lib/apt" in mounts)
