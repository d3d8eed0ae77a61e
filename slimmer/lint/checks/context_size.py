"""SL001: a large build context."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.lint.weights import heaviest
from slimmer.words import printable, size

_NOTEWORTHY: Final = 20_000_000
_LARGE: Final = 100_000_000


class ContextSize(Check):
    """Bytes that no COPY takes are told first: nothing is lost with them."""

    code = "SL001"
    name = "large build context"
    severity = "info"

    def find(self, subject: Subject) -> Iterator[Finding]:
        context = subject.context
        if context is None or context.size < _NOTEWORTHY:
            return
        taken = {file.path for copy in subject.copies for file in context.taken(copy)}
        unread = [file for file in context.files if file.path not in taken]
        spare = sum(file.size for file in unread)
        message = f"the build context has {size(context.size)}"
        if spare > context.size / 2:
            message += f", of which no COPY takes {size(spare)}"
        message += ". Put what the build does not need into .dockerignore"
        shown = heaviest(unread) if spare > context.size / 2 else subject.heaviest
        details = tuple(f"{size(weight)}  {printable(path)}" for path, weight in shown)
        severity = "warning" if context.size >= _LARGE else "info"
        yield self.finding(1, message, details=details, severity=severity)
