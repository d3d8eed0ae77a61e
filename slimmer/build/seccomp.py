"""The seccomp profile of a build: made of the calls of the traced runs, in force in the smoke test,
and repaired where it stops something that an image needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path

from slimmer.build.job import Job
from slimmer.build.values import BuiltImages, SmokeCase
from slimmer.errors import SeccompProfileError, SeccompUnavailableError, UsageError
from slimmer.options import BuildOptions
from slimmer.seccomp import (
    Additions,
    Profile,
    ProfileInForce,
    check_place,
    compare,
    compose_profile,
    from_document,
    join,
    to_document,
)
from slimmer.trace.saved import from_bytes, is_saved_trace
from slimmer.values import CallUse, Strategy
from slimmer.words import count

AGAIN = "trace again with --seccomp FILE --save-trace FILE"


def read_additions(options: BuildOptions) -> Additions:
    """What is named, before anything runs. Raises SeccompProfileError for what is neither a profile
    nor a saved trace with system calls, and for a place where no profile can be written."""
    if options.seccomp is None:
        if options.seccomp_from:
            raise UsageError(
                "--seccomp-from adds to a profile, and none is to be made",
                hint="say where it goes: --seccomp FILE",
            )
        return Additions()
    for role in options.all_roles:
        if any(each.startswith(("seccomp=", "seccomp:")) for each in role.run.security_opts):
            raise UsageError(
                "--seccomp makes a profile, and --security-opt names another one",
                hint="leave one of them out; --seccomp-from FILE takes over what a profile allows",
            )
    check_place(options.seccomp)
    return additions_of(options.seccomp_from)


def additions_of(further: Iterable[Path]) -> Additions:
    """What these files, profiles or saved traces, allow or have seen. Errors as for
    `read_additions`."""
    calls: list[CallUse] = []
    profiles: list[Profile] = []
    for file in further:
        found = read_addition(file)
        if isinstance(found, Profile):
            profiles.append(found)
        else:
            calls += found
    return Additions(calls=tuple(calls), profiles=tuple(profiles))


def read_addition(file: Path) -> Profile | tuple[CallUse, ...]:
    """A profile, or the calls of a saved trace. Errors as for `read_additions`."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SeccompProfileError(
            f"{file} cannot be read: {error.strerror}",
            hint="name a seccomp profile, or a saved trace, that this user may read",
        ) from error
    if not is_saved_trace(data):
        return from_document(data, str(file))
    calls = from_bytes(data, str(file)).calls
    if not calls:
        raise no_calls(file)
    return calls


def no_calls(file: Path) -> SeccompUnavailableError:
    """The error for a trace that was saved without a census."""
    return SeccompUnavailableError(
        f"the saved trace {file} has no system calls: they were not recorded when it was saved",
        hint=AGAIN,
    )


def profile_of(
    calls: Iterable[CallUse],
    additions: Additions,
    architecture: str,
    strategy: Strategy,
    withheld: Sequence[str] = (),
) -> Profile:
    """From what was seen and what was added; `minimal` adds no more than every program needs."""
    profile = compose_profile(
        (*calls, *additions.calls), architecture, ordinary=strategy is not Strategy.MINIMAL
    )
    for each in additions.profiles:
        profile = join(profile, each)
    kept = {name: values for name, values in profile.allowed.items() if name not in withheld}
    return dataclasses.replace(profile, allowed=kept)


def begin_profile(job: Job, calls: tuple[CallUse, ...]) -> ProfileInForce | None:
    """The profile that the finished images are tested under; None where none is asked for."""
    options = job.options
    if options.seccomp is None:
        return None
    additions = job.additions or Additions()
    if not calls and options.from_trace is not None and not additions.calls:
        raise no_calls(options.from_trace)
    profile = profile_of(
        calls, additions, job.original.architecture, options.strategy, options.withheld_calls
    )
    job.progress.detail("trace", compare(profile).words.partition(";")[0])
    return ProfileInForce(profile=profile)


def under_profile(
    cases: Sequence[SmokeCase], in_force: ProfileInForce | None
) -> tuple[SmokeCase, ...]:
    """What finished images have to do, with the profile on."""
    if in_force is None:
        return tuple(cases)
    text = to_document(in_force.profile).decode()
    return tuple(
        dataclasses.replace(case, plan=dataclasses.replace(case.plan, seccomp=text))
        for case in cases
    )


def with_stopped_calls(
    job: Job, in_force: ProfileInForce, built: BuiltImages, seen: Iterable[CallUse]
) -> ProfileInForce | None:
    """The profile with what images that failed under it were seen to call, watched without it. None
    where it stops nothing of that: then it is not the profile that they failed of."""
    stopped = sorted({call for call in seen if in_force.profile.stops(call)})
    if not stopped or built.failure is None:
        return None
    more = compose_profile(stopped, in_force.profile.architecture, ordinary=False)
    names = tuple(dict.fromkeys(_shown(call) for call in stopped))
    phases = ", ".join(dict.fromkeys(call.phase for call in stopped))
    job.warn(
        f"{built.failure.message}; the seccomp profile stops {', '.join(names)} ({phases}), which "
        f"no traced run showed: {count(len(names), 'call')} added"
    )
    reasons = {call.name: "repair" for call in stopped}
    joined = join(in_force.profile, more)
    return ProfileInForce(
        profile=dataclasses.replace(joined, reasons={**joined.reasons, **reasons}),
        added=(*in_force.added, *names),
    )


def _shown(call: CallUse) -> str:
    return call.name if call.argument < 0 else f"{call.name}({call.argument:#x})"
