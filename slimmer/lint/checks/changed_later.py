"""SL023: owner or mode of what an earlier layer has brought change, and so it is stored twice."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.words import printable, size

_WORTH_TELLING: Final = 1_000_000
_RECURSIVE: Final = re.compile(r"-[a-zA-Z]*R[a-zA-Z]*|--recursive")


class ChangedLater(Check):
    """A layer has whole files: one other bit, and a file is in the image twice."""

    code = "SL023"
    name = "owner or mode changed in a later layer"
    severity = "warning"

    def find(self, subject: Subject) -> Iterator[Finding]:
        commands_of = {id(step.instruction): commands for step, commands in subject.runs}
        weights: dict[str, tuple[int, int]] = {}
        for step in subject.steps:
            for command in commands_of.get(id(step.instruction), ()):
                if command.name not in ("chown", "chmod", "chgrp"):
                    continue
                if not any(map(_RECURSIVE.fullmatch, command.options)):
                    continue
                for word in command.operands[1:]:
                    path = posixpath.normpath(posixpath.join(step.workdir or "/?", word))
                    hit = [
                        weight
                        for place, weight in weights.items()
                        if place == path or place.startswith(path.rstrip("/") + "/")
                    ]
                    twice = sum(weight for weight, _ in hit)
                    if twice >= _WORTH_TELLING:
                        option = "--chmod" if command.name == "chmod" else "--chown"
                        yield self.finding(
                            step.instruction.line,
                            f"`{command.name} -R {printable(word)}` stores {size(twice)} a second "
                            f"time, which line {hit[-1][1]} has copied. Write `COPY {option}=…` "
                            "there instead",
                        )
            copy = subject.copy_at(step)
            if copy and subject.context and copy.origin is None:
                for place, file in subject.context.placed(copy):
                    weights[place] = (file.size, step.instruction.line)
