"""What images have passed, kept with the trace that they were built from: an image that comes out
with the same digest, and would be asked the same, need not be run again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from slimmer import __version__
from slimmer.build.job import Job
from slimmer.build.values import SmokeCase, TracedOriginal
from slimmer.options import Verification
from slimmer.trace.saved import Passed
from slimmer.values import ImageKind, PackedImage

_NAMES = {"ExecProbe": "CommandProbe"}
"""Class → what digests of before call it."""


def what_passed(
    job: Job, images: Mapping[ImageKind, PackedImage], cases: Sequence[SmokeCase]
) -> tuple[Passed, ...]:
    """These images and what they have to pass, sorted. Empty unless answers are compared: a build
    that asks for less shows less."""
    if job.options.verify is not Verification.CONTENT:
        return ()
    test = _digest([_asked(case) for case in cases])
    return tuple(sorted(Passed(image=each.config_digest, test=test) for each in images.values()))


def has_passed(
    job: Job,
    traced: TracedOriginal,
    images: Mapping[ImageKind, PackedImage],
    cases: Sequence[SmokeCase],
) -> bool:
    """Whether the build that saved the trace has seen all these images pass all this."""
    if traced.recalled is None:
        return False
    passed = what_passed(job, images, cases)
    return bool(passed) and set(passed).issubset(traced.recalled.passed)


def _asked(case: SmokeCase) -> dict[str, Any]:
    """All that a test depends on, but for how long the original took to start: that differs from
    run to run, and only sets a limit."""
    plan = case.plan
    return {
        "slimmer": __version__,
        "role": case.role.name,
        "run": dataclasses.asdict(plan.run),
        "probes": [
            (_NAMES.get(name := type(probe).__name__, name), dataclasses.asdict(probe))
            for probe in plan.probes
        ],
        "port": plan.port,
        "exit_status": plan.exit_status,
        **({"seccomp": plan.seccomp} if plan.seccomp else {}),
    }


def _digest(value: object) -> str:
    """`sha256:…`, so that variables and passwords do not get into the file."""
    text = json.dumps(value, sort_keys=True, default=repr)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
