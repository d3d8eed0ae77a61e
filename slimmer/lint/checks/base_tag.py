"""SL042 and SL043: a base that is another one tomorrow."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from slimmer.errors import UsageError
from slimmer.image import Reference, parse_reference
from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.words import printable


class _BaseCheck(Check):
    def find(self, subject: Subject) -> Iterator[Finding]:
        for stage in subject.dockerfile.stages:
            if stage.base is None or stage.parent is not None or stage.base == "scratch":
                continue
            try:
                reference = parse_reference(stage.base)
            except UsageError:
                continue
            if message := self.about(reference, printable(stage.base)):
                yield self.finding(stage.line, message)

    @abstractmethod
    def about(self, reference: Reference, shown: str) -> str:
        """What is wrong with a base; empty for nothing."""


class BaseTag(_BaseCheck):
    """A build of next month is then another image, and nobody has changed anything."""

    code = "SL042"
    name = "base without a tag"
    severity = "warning"
    same_as = frozenset(("DL3006", "DL3007"))

    def about(self, reference: Reference, shown: str) -> str:
        if reference.digest or reference.tag not in ("", "latest"):
            return ""
        return f"{shown} is whatever was pushed last. Name a version: `{reference.name}:VERSION`"


class BaseDigest(_BaseCheck):
    """Tags move, too: the same Dockerfile gives another image after each update of its base."""

    code = "SL043"
    name = "base without a digest"
    severity = "style"

    def about(self, reference: Reference, shown: str) -> str:
        if reference.digest or reference.tag in ("", "latest"):
            return ""
        return (
            f"{shown} may be another image tomorrow. To build on the same one, write "
            f"`{shown}@sha256:…`, as `docker image inspect` shows it"
        )
