"""SL004: the folder of a version control system is copied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.words import size

_FOLDERS: Final = (".git", ".hg", ".svn", ".bzr", "CVS", ".jj")


class VersionControl(Check):
    """It holds everything that was ever checked in, and changes with each commit."""

    code = "SL004"
    name = "version control is copied"
    severity = "warning"

    def find(self, subject: Subject) -> Iterator[Finding]:
        context = subject.context
        for name in _FOLDERS if context else ():
            assert context is not None
            files = context.below(name)
            if not files:
                continue
            weight = size(sum(file.size for file in files))
            for copy in subject.copies:
                if any(source in (".", name) for source in copy.sources) and set(
                    files
                ).intersection(context.taken(copy)):
                    yield self.finding(
                        copy.step.instruction.line,
                        f"this copies {name} ({weight}): each commit makes this step anew, and the "
                        f"history goes where the image goes. Put `{name}` into .dockerignore",
                    )
                    break
