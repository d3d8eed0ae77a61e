"""SL008: what slimmer itself has written is copied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.words import size

_FOLDERS: Final = ("slim-report", "slim-fleet", ".slim-cache")


class OwnOutput(Check):
    """Each run writes other files, so that the next image is another one."""

    code = "SL008"
    name = "slimmer's own files are copied"
    severity = "warning"

    def find(self, subject: Subject) -> Iterator[Finding]:
        context = subject.context
        if context is None:
            return
        for copy in subject.copies:
            taken = set(context.taken(copy))
            found = {name: taken.intersection(context.below(name)) for name in _FOLDERS}
            named = {name: files for name, files in found.items() if files}
            if named:
                weight = size(sum(file.size for files in named.values() for file in files))
                yield self.finding(
                    copy.step.instruction.line,
                    f"this copies {', '.join(named)} ({weight}), which slimmer writes anew in each "
                    "run: the next image is another one, though nothing else has changed. Put "
                    f"`{'`, `'.join(named)}` into .dockerignore",
                )
