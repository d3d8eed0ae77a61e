"""Whether what an application brings along would run on musl, as Alpine has it."""

from __future__ import annotations

from collections.abc import Sequence

from slimmer.words import count, printable
from slimmer.xray import Linked

_SHOWN = 4


def fitness_for_musl(linked: Sequence[Linked], *, has_glibc: bool) -> str:
    """A sentence on the files that were used. The distribution's own packages do not count: Alpine
    has them in its own way. Empty where the base is not of glibc."""
    unfit = [each for each in linked if each.is_used and each.libc == "glibc"]
    if not has_glibc:
        return ""
    if not unfit:
        return (
            "Fit for Alpine: no program or library of the application's own that was opened is "
            "linked to glibc"
        )
    packages = sorted({each.package for each in unfit if each.package})
    plain = [each.path for each in unfit if not each.package]
    named = [printable(each) for each in (*packages, *plain)]
    more = f" and {len(named) - _SHOWN} more" if named[_SHOWN:] else ""
    files = count(len(unfit), "file")
    return (
        f"Not fit for Alpine as it is: {files} of the application's own linked to glibc "
        f"({', '.join(named[:_SHOWN])}{more}). Install or build these anew there, or keep this base"
    )
