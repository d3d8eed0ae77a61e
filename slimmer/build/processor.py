"""The platform that a build is for, and what of it is possible where the engine's machine has other
processors."""

from __future__ import annotations

import dataclasses

from slimmer.build.job import Job
from slimmer.disk import exists
from slimmer.errors import ForeignArchitectureError, UsageError
from slimmer.options import BuildOptions, Verification
from slimmer.trace.run import Processor, processor_for


def for_platform(options: BuildOptions) -> BuildOptions:
    """With the image that has the platform."""
    if len(options.platforms) > 1:
        raise UsageError(
            "this is done for one platform at a time, and several are named: "
            + ", ".join(each.name for each in options.platforms),
            hint="name one with --platform; `slim build` alone takes several",
        )
    image = next((each.image for each in options.platforms), "")
    return dataclasses.replace(options, image=image or options.image)


def with_processor(job: Job) -> Job:
    """The job that can be done. An emulator's calls of the kernel name the same files as the
    machine's own programs, so what it runs is traced like these; where nothing runs the image, the
    trace of another platform has to tell what it needs.

    Raises ForeignArchitectureError, and UsageError for what is about calls or trials.
    """
    if job.original.architecture == job.session.engine.architecture:
        return job
    with job.clock.stage("emulator", f"is there one for {job.platform}?"):
        processor = processor_for(job.session, job.original, job.folder)
    if processor is Processor.OWN:
        return job
    job = dataclasses.replace(job, processor=processor)
    _refuse_what_needs_the_processor(job)
    if processor is Processor.EMULATED:
        job.notes.append(
            f"{job.platform} was run by an emulator on {job.session.engine.architecture}: try the "
            "image once on the processors that it is for"
        )
        return job
    if job.options.from_trace is None or not exists(job.options.from_trace):
        raise _not_here(job)
    return dataclasses.replace(
        job,
        options=dataclasses.replace(job.options, verify=Verification.OFF, repair=0, retrace=False),
    )


def _refuse_what_needs_the_processor(job: Job) -> None:
    options = job.options
    if options.seccomp is not None:
        raise UsageError(
            f"--seccomp: nothing here makes the system calls of {job.platform}",
            hint="record them with an engine on such a machine, and allow them with --seccomp-from",
        )
    if options.harden and job.processor is Processor.NONE:
        raise UsageError(
            f"--harden runs the image, and nothing here runs {job.platform}",
            hint="leave it out, or build with an engine on such a machine",
        )


def _not_here(job: Job) -> ForeignArchitectureError:
    engine, original = job.session.engine, job.original
    return ForeignArchitectureError(
        f"{original.reference} is for {original.architecture}, and nothing runs that on the engine "
        f"at {engine.address}, whose machine is {engine.architecture}",
        hint=f"use an engine on {original.architecture} (DOCKER_HOST=ssh://user@host, or --engine "
        f"{job.platform}=ssh://user@host), give this one an emulator (Debian's qemu-user-static), "
        f"or build from a trace for {engine.architecture} (--from-trace FILE --allow-drift)",
    )
