"""Short forms for answers."""

from __future__ import annotations

from slimmer.probing import record
from slimmer.probing.kinds import ExecAnswer
from slimmer.values import Answer, Comparison, HttpAnswer, Verdict
from slimmer.verify.compare import compare

Names = tuple[tuple[str, str], ...]


def page(
    body: str | bytes,
    *headers: tuple[str, str],
    status: int = 200,
    names: Names = (),
    complete: bool = True,
) -> HttpAnswer:
    data = body.encode() if isinstance(body, str) else body
    return HttpAnswer(
        status=status, headers=headers, body=record(data, complete=complete), own_names=names
    )


def ran(stdout: str = "", stderr: str = "", exit_status: int = 0, names: Names = ()) -> Answer:
    return ExecAnswer(
        exit_status=exit_status,
        stdout=record(stdout.encode()),
        stderr=record(stderr.encode()),
        own_names=names,
    )


def bodies(*references: str | bytes, found: str | bytes) -> Comparison:
    return compare([page(body) for body in references], page(found))


def lines(comparison: Comparison) -> tuple[str, ...]:
    """The lines of the one part that differs."""
    assert comparison.verdict is Verdict.DIFFERENT, comparison
    (difference,) = comparison.differences
    return difference.lines
