"""What all forms say of a gate, in the same words."""

from __future__ import annotations

from slimmer.check.document import ERROR, Finding, GateResult
from slimmer.words import printable, size


def called(result: GateResult) -> str:
    """`max-size`, or `forbid *.pem`."""
    return " ".join(filter(None, (result.gate, printable(result.subject))))


def measured(result: GateResult) -> str:
    """What was measured, against which limit."""
    if result.status == ERROR:
        return "not measured"
    return f"{result.measured} ({result.limit})"


def problem(result: GateResult) -> str:
    """Why it failed, or could not be measured; empty for one that has passed."""
    if not result.problem:
        return ""
    words = printable(result.problem)
    return f"not measured: {words}" if result.status == ERROR else words


def finding_words(finding: Finding) -> str:
    """On one line."""
    told = [printable(finding.detail)] if finding.detail else []
    if finding.size is not None:
        told.insert(0, size(finding.size))
    return printable(finding.what) + (f" ({', '.join(told)})" if told else "")
