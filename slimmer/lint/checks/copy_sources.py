"""SL005 and SL006: a COPY whose source the build does not get."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from typing import Final

from slimmer.dockerfile import Context, Copy
from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.words import printable

_MADE: Final = re.compile(
    r"(?:.*/)?(?:dist|build|target|out|bin|publish|release|_build|public)(?:/.*)?"
    r"|.*\.(?:jar|war|whl|tgz|tar\.gz|deb|rpm|apk|zip|exe|so|wasm)"
)
"""What is usually made before the image is built."""


class _SourceCheck(Check):
    def find(self, subject: Subject) -> Iterator[Finding]:
        context = subject.context
        if context is None:
            return
        for copy in subject.copies:
            if copy.origin is None:
                for source in copy.sources:
                    if not context.matching(source):
                        yield from self.about(copy, source, context)

    @abstractmethod
    def about(self, copy: Copy, source: str, context: Context) -> Iterator[Finding]:
        """What is to be said of a source that names nothing in the context."""


class IgnoredSource(_SourceCheck):
    """The ignore file leaves out too much."""

    code = "SL005"
    name = "a COPY source is ignored"
    severity = "error"

    def about(self, copy: Copy, source: str, context: Context) -> Iterator[Finding]:
        path, pattern = context.hidden(source) or ("", None)
        if pattern is None:
            return
        where = f"{printable(context.ignore.name)}:{pattern.line}"
        yield self.finding(
            copy.step.instruction.line,
            f"`{printable(source)}` is there, but the build does not get it: {where} leaves it out "
            f"with `{printable(pattern.written)}`. Write `!{printable(path)}` behind that line",
        )


class MissingSource(_SourceCheck):
    """Builders stop there."""

    code = "SL006"
    name = "a COPY source is missing"
    severity = "error"

    def about(self, copy: Copy, source: str, context: Context) -> Iterator[Finding]:
        if context.hidden(source) is not None:
            return
        line, shown = copy.step.instruction.line, printable(source)
        if _MADE.fullmatch(source):
            yield self.finding(
                line,
                f"`{shown}` is not in the build context. If something makes it, that has to run "
                "before the build; better still, make it in a build stage",
                severity="warning",
            )
            return
        yield self.finding(
            line,
            f"`{shown}` is not in the build context {printable(str(context.folder))}: the build "
            "fails here. Mend the path, or say `--context DIR` if the context is another one",
        )
