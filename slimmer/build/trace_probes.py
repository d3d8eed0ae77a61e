"""Probes in a trace file: what is written of them, and which are asked again in a build from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from slimmer.build.job import Job
from slimmer.options import Role
from slimmer.probing import HEALTHCHECK, HIDDEN, in_order, literal_secrets, without_secrets
from slimmer.probing.explore.crawl import CRAWL, START
from slimmer.probing.explore.openapi import DESCRIPTION, OPENAPI
from slimmer.probing.kinds import ReplayProbe
from slimmer.trace.saved import PROBES, SavedRole
from slimmer.values import Probe, ProbeResult, in_role
from slimmer.words import count


def probes_to_save(job: Job, file: Path, results: Iterable[ProbeResult]) -> tuple[Probe, ...]:
    """Those that the original passed, as the file has them: a trace is checked in, and is no place
    for secrets."""
    saved: list[Probe] = []
    for probe in (result.probe for result in results):
        written = as_saved(probe)
        saved.append(written)
        if written == probe:
            continue
        names = ", ".join(sorted(set(literal_secrets(probe))))
        if isinstance(probe, ReplayProbe):
            left = sum(map(_is_hidden, without_secrets(probe).requests))
            job.warn(f"{file} has {count(left, 'request')} less of `{probe.name}`: {names} in them")
        else:
            job.warn(
                f"{file} has the probe `{probe.name}` without {names}: a build from it asks that "
                "only if it is given the probe itself (slim.yaml, --http-probe)"
            )
    return tuple(saved)


def as_saved(probe: Probe) -> Probe:
    """The probe without the secrets that it says itself. What was found out is without requests
    that carry one. The image itself says its HEALTHCHECK."""
    if is_healthcheck(probe):
        return probe
    hidden = without_secrets(probe)
    if isinstance(hidden, ReplayProbe):
        kept = tuple(each for each in hidden.requests if not _is_hidden(each))
        return dataclasses.replace(hidden, requests=kept)
    return hidden


def _is_hidden(said: object) -> bool:
    return HIDDEN in PROBES.encode(said)


def probes_to_pass(job: Job, role: Role, saved: SavedRole) -> tuple[Probe, ...]:
    """What the finished images must pass: the user's probes and the HEALTHCHECK that the original
    passed, or else the probes of the trace; and what was found out when it was saved."""
    saved_probes = tuple(
        probe for probe in saved.probes if role.healthcheck or not is_healthcheck(probe)
    )
    given = role.probes
    _tell_unexplored(job, role, saved_probes)
    if not given:
        return _that_can_be_asked(job, saved_probes)
    # What the original does not pass is not in the trace: no failure, where a plan says so.
    known = {probe for probe in given if as_saved(probe) in saved_probes}
    given = tuple(probe for probe in given if not probe.optional or probe in known)
    unknown = [in_role(role.name, probe.name) for probe in given if probe not in known]
    if unknown:
        job.warn(
            f"not among the trace's probes: {', '.join(unknown)}; what they alone need was never "
            "seen and may be missing"
        )
    # In the order of the traced run, so that what has passed there is known to be the same test.
    replays = [probe for probe in saved_probes if probe.found_out]
    starts = [probe for probe in replays if probe.name in (START, DESCRIPTION)]
    healthcheck = next(filter(is_healthcheck, saved_probes), None)
    found_out = (probe for probe in replays if probe not in starts)
    return (*in_order((*given, *starts), healthcheck), *found_out)


def probes_to_repeat(job: Job, role: Role, saved: SavedRole) -> tuple[Probe, ...]:
    """The trace's probes for another traced run, which asks the HEALTHCHECK by itself."""
    probes = _that_can_be_asked(job, saved.probes)
    return tuple(probe for probe in probes if not is_healthcheck(probe))


def _tell_unexplored(job: Job, role: Role, probes: Iterable[Probe]) -> None:
    """The original does not run, so nothing can be found out that the trace does not have."""
    names = [probe.name for probe in probes if probe.found_out]
    for asked, name in ((role.crawl, CRAWL), (role.openapi, OPENAPI)):
        if asked is not None and not any(each.startswith(name) for each in names):
            job.warn(
                f"--{name} is for a traced run, and the trace was saved without it: nothing is "
                "found out"
            )


def _that_can_be_asked(job: Job, probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
    """A file that says what an image has used must not run programs on this machine, and has no
    secrets. Later steps of a plan may need what such a step did: they are left out as well."""
    kept: list[Probe] = []
    cut: set[str] = set()
    for probe in probes:
        if probe.runs_here or _is_hidden(probe):
            cut.add(probe.plan)
        elif not probe.plan or probe.plan not in cut:
            kept.append(probe)
    if any(probe.runs_here for probe in probes):
        job.warn(
            "commands of the trace that run on this machine are skipped, and the steps behind "
            "them in their plan; name the plan itself (--plan) to run them"
        )
    if hidden := [probe.name for probe in probes if _is_hidden(probe)]:
        job.warn(
            f"the trace has no secrets, so what needs one is not asked: {', '.join(hidden)}; give "
            "these probes again (slim.yaml, --http-probe, --plan), and they are"
        )
    return tuple(kept)


def is_healthcheck(probe: Probe) -> bool:
    """Whether it is the image's own HEALTHCHECK."""
    return bool(probe.program) and probe.name == HEALTHCHECK
