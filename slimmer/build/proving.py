"""`slim advise --prove`: the image of a Dockerfile that was written, built and probed."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slimmer.build.build import with_job
from slimmer.build.examine import trace_original
from slimmer.build.job import Job, without_images
from slimmer.engine import connect
from slimmer.errors import (
    CommandNotFoundError,
    EngineOperationError,
    NotListeningError,
    OriginalExitedError,
    OriginalProbeError,
    SmokeTestError,
    UsageError,
)
from slimmer.options import BuildOptions, Verification
from slimmer.progress import Progress, StageClock

_SHOWN_LINES = 20


@dataclass(frozen=True, kw_only=True)
class Proved:
    """An image that has passed its probes."""

    image: str
    size: int
    """Bytes, as the engine counts them."""
    probes: tuple[str, ...]


def prove_dockerfile(
    file: Path,
    context: Path,
    arguments: Sequence[str],
    options: BuildOptions,
    progress: Progress,
) -> Proved:
    """Build `file` in `context` as `options.image`, and send its container the probes of `options`.
    `arguments` are build arguments, `NAME` or `NAME=VALUE`.

    Raises EngineOperationError where it cannot be built, SmokeTestError where it does not pass; the
    image stays, to be looked at.
    """
    _build(file, context, arguments, options.image, progress)
    # Its profile is no question here, and to record system calls takes time.
    wanted = dataclasses.replace(
        without_images(options, Verification.OFF), seccomp=None, seccomp_from=()
    )
    try:
        return with_job(wanted, progress, _probed)
    except (
        CommandNotFoundError,
        NotListeningError,
        OriginalExitedError,
        OriginalProbeError,
    ) as error:
        raise SmokeTestError(
            f"the image of {file} does not pass: {error.message}",
            hint=f"{options.image} is there to be looked at; `slim build` with more probes, or "
            "with --include, keeps more, and --write writes what it kept",
            details=error.details,
        ) from error


def _build(
    file: Path, context: Path, arguments: Sequence[str], name: str, progress: Progress
) -> None:
    engine = connect()
    try:
        tool = engine.tool
    finally:
        engine.close()
    if shutil.which(tool) is None:
        raise UsageError(f"--prove builds by `{tool} build`, and no {tool} is installed here")
    given = [word for each in arguments for word in ("--build-arg", each)]
    command = [tool, "build", "--file", str(file), "--tag", name, *given, str(context)]
    with StageClock(progress).stage("build", f"{tool} builds {file}"):
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    if done.returncode:
        raise EngineOperationError(
            f"{tool} cannot build {file}",
            hint="--build-arg NAME=VALUE gives it what the original's build was given",
            details="\n".join(done.stdout.splitlines()[-_SHOWN_LINES:]),
        )


def _probed(job: Job) -> Proved:
    with job.clock.stage("trace", "the engine makes the containers"):
        traced, files = trace_original(job, lambda *_: None)
    files.server.close()
    return Proved(
        image=job.options.image,
        size=int(job.session.engine.inspect_image(job.options.image)["Size"]),
        probes=tuple(
            result.probe.name
            for role in traced.roles
            for result in role.examination.results
            if result.passed
        ),
    )
