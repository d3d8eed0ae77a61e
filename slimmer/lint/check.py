"""What every check of our own is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject


class Check(ABC):
    """One kind of mistake. docs/lint.md has a section for each, with an example."""

    code: ClassVar[str]
    """`SL` and three digits; a code never changes its meaning."""
    name: ClassVar[str]
    """A few words."""
    severity: ClassVar[str]
    """Of its findings, where they do not say otherwise."""
    same_as: ClassVar[frozenset[str]] = frozenset()
    """hadolint's codes for the same mistake: one place is not told of twice, and whoever ignores
    one of them ignores this one as well."""

    @abstractmethod
    def find(self, subject: Subject) -> Iterator[Finding]:
        """Each place where it is made, with what to do there."""

    def finding(
        self,
        line: int,
        message: str,
        *,
        details: tuple[str, ...] = (),
        severity: str = "",
    ) -> Finding:
        """A finding of this check."""
        return Finding(
            code=self.code,
            severity=severity or self.severity,
            line=line,
            message=message,
            details=details,
        )
