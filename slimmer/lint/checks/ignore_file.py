"""SL007: the whole context is copied, and no ignore file says what not."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject


class NoIgnoreFile(Check):
    """Harmless until something lies in the folder that does not belong into an image."""

    code = "SL007"
    name = "no ignore file"
    severity = "info"

    def find(self, subject: Subject) -> Iterator[Finding]:
        if subject.context is None or subject.context.ignore.name:
            return
        for copy in subject.copies:
            if "." in copy.sources and copy.origin is None:
                yield self.finding(
                    copy.step.instruction.line,
                    "this copies all that lies in the folder, and there is no .dockerignore. Write "
                    "one with at least `.git`, `.env*`, `Dockerfile` and what package managers "
                    "install",
                )
                return
