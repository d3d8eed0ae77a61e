"""A gate: one thing that `slim check` holds an image to.

Each gate is a file in `gates/`. It says how its limit is written, on the command line and in a file
alike, and judges an image. What it cannot measure it raises as a SlimError, which never counts as
passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slimmer.check.document import FAIL, PASS, Finding, Judgement
from slimmer.check.subject import Subject
from slimmer.options import Kind
from slimmer.words import count

_SHOWN_FINDINGS: Final = 100


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One thing that an image is held to."""

    name: str
    """`max-size`: the option is `--max-size`, the key in a file `max_size`."""
    title: str
    """What it measures, in a word or two."""
    kind: Kind
    """How its limit is written."""
    help: str
    """In a few words."""
    judge: Callable[[Any, Subject], Iterable[Judgement]]
    """Judges an image by a limit of that kind. Raises SlimError for what cannot be measured."""
    needs: str = ""
    """The input without which it makes no sense: `baseline`; empty: none."""
    is_of_size: bool = False
    """Whether the largest things of the image explain its failure."""


def within(
    value: float,
    threshold: float,
    *,
    at_most: bool = True,
    words: Callable[[float], str],
    unit: str,
    problem: str = "",
    hint: str = "",
    findings: Sequence[Finding] = (),
) -> Judgement:
    """A number that has to be at most, or at least, another one. `words` writes both; problem,
    hint and findings are told only where it is not."""
    passed = value <= threshold if at_most else value >= threshold
    return Judgement(
        status=PASS if passed else FAIL,
        measured=words(value),
        limit=f"{'at most' if at_most else 'at least'} {words(threshold)}",
        value=value,
        threshold=threshold,
        unit=unit,
        problem="" if passed else problem,
        hint="" if passed else hint,
        found=0 if passed else len(findings),
        findings=() if passed else tuple(findings[:_SHOWN_FINDINGS]),
    )


def none_of(
    findings: Sequence[Finding],
    noun: str,
    *,
    unit: str = "files",
    subject: str = "",
    limit: str = "none",
    problem: str = "",
    hint: str = "",
) -> Judgement:
    """Something of which there may be none."""
    return Judgement(
        subject=subject,
        status=FAIL if findings else PASS,
        measured=count(len(findings), noun) if findings else "none",
        limit=limit,
        value=len(findings),
        threshold=0,
        unit=unit,
        problem=problem if findings else "",
        hint=hint if findings else "",
        found=len(findings),
        findings=tuple(findings[:_SHOWN_FINDINGS]),
    )
