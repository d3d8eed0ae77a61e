"""`slim profile`: a seccomp profile without a slim image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slimmer.build.build import with_job
from slimmer.build.examine import trace_original
from slimmer.build.job import Job, without_images
from slimmer.build.roles import naming_role
from slimmer.errors import SmokeTestError
from slimmer.options import BuildOptions, Verification
from slimmer.progress import Progress
from slimmer.values import ImageKind, Strategy

if TYPE_CHECKING:  # a build makes no such profile
    from slimmer.seccomp import Profile


@dataclass(frozen=True, kw_only=True)
class Profiled:
    """A profile, and what is to be said of it."""

    profile: Profile
    words: str
    """How it compares with Docker's default profile, in one line."""
    tested: bool
    """Whether the original has passed its probes under it."""


def profile_image(options: BuildOptions, progress: Progress) -> Profiled:
    """Trace the original, and send it its probes once more with the profile on. Makes no image.

    `options.seccomp` is where the profile will go. Raises a SlimError for everything that stops it,
    SmokeTestError where the original does not pass under the profile.
    """
    verify = Verification.OFF if options.verify is Verification.OFF else Verification.STATUS
    return with_job(without_images(options, verify), progress, _profile)


def profile_of_trace(file: Path, further: Sequence[Path], strategy: Strategy) -> Profiled:
    """From a saved trace, and what else is named; no engine is asked. Raises TraceFileError,
    SeccompUnavailableError for a trace without system calls, and SeccompProfileError."""
    from slimmer.build.seccomp import additions_of, no_calls, profile_of
    from slimmer.seccomp import compare
    from slimmer.trace.saved import read_saved_trace

    saved = read_saved_trace(file)
    if not saved.calls:
        raise no_calls(file)
    architecture = saved.identity.platform.split("/")[1]
    profile = profile_of(saved.calls, additions_of(further), architecture, strategy)
    return Profiled(profile=profile, words=compare(profile).words, tested=False)


def _profile(job: Job) -> Profiled:
    from slimmer.build.seccomp import begin_profile, under_profile
    from slimmer.build.verify import smoke_cases
    from slimmer.seccomp import compare
    from slimmer.verify import raise_for_failure, smoke_test

    with job.clock.stage("trace", "the engine makes the containers"):
        traced, files = trace_original(job, lambda *_: None)
    files.server.close()
    in_force = begin_profile(job, traced.trace.calls)
    assert in_force is not None, "options.seccomp says that one is made"
    tested = job.options.verify is not Verification.OFF
    if tested:
        with job.clock.stage("verify", "the original is probed with the profile on"):
            for case in under_profile(smoke_cases(job, traced), in_force):
                with naming_role(case.role):
                    outcome = smoke_test(
                        job.session, job.original.id, case.plan, ImageKind.ORIGINAL
                    )
                    try:
                        raise_for_failure([outcome])
                    except SmokeTestError as error:
                        raise SmokeTestError(
                            f"with the seccomp profile on, {error.message}",
                            hint="run it again: what a run calls differs. `--seccomp-from` adds "
                            "the calls of other runs; nothing was written",
                            details=error.details,
                        ) from error
    return Profiled(profile=in_force.profile, words=compare(in_force.profile).words, tested=tested)
