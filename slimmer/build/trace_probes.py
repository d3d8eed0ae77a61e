"""Probes in a trace file: what is written of them, and which are asked again in a build from it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from slimmer.build.job import Job
from slimmer.options import Role
from slimmer.probing import in_order, literal_secrets
from slimmer.probing.explore.crawl import CRAWL, START
from slimmer.probing.explore.openapi import DESCRIPTION, OPENAPI
from slimmer.probing.kinds import ReplayProbe
from slimmer.trace.saved import SavedRole, as_saved, is_healthcheck, is_hidden
from slimmer.values import Probe, ProbeResult, in_role
from slimmer.words import count


def warn_of_secrets(job: Job, file: Path, results: Iterable[ProbeResult]) -> None:
    """Tell what the file does not have of the probes that the original passed."""
    for probe in (result.probe for result in results):
        written = as_saved(probe)
        if written == probe:
            continue
        names = ", ".join(sorted(set(literal_secrets(probe))))
        if isinstance(probe, ReplayProbe) and isinstance(written, ReplayProbe):
            left = count(len(probe.requests) - len(written.requests), "request")
            job.warn(f"{file} has {left} less of `{probe.name}`: {names} in them")
        else:
            job.warn(
                f"{file} has the probe `{probe.name}` without {names}: a build from it asks that "
                "only if it is given the probe itself (slim.yaml, --http-probe)"
            )


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
        if probe.runs_here or is_hidden(probe):
            cut.add(probe.plan)
        elif not probe.plan or probe.plan not in cut:
            kept.append(probe)
    if any(probe.runs_here for probe in probes):
        job.warn(
            "commands of the trace that run on this machine are skipped, and the steps behind "
            "them in their plan; name the plan itself (--plan) to run them"
        )
    if hidden := [probe.name for probe in probes if is_hidden(probe)]:
        job.warn(
            f"the trace has no secrets, so what needs one is not asked: {', '.join(hidden)}; give "
            "these probes again (slim.yaml, --http-probe, --plan), and they are"
        )
    return tuple(kept)
