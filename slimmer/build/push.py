"""`--push`: images that have passed, and have their names, go to the registry that these say."""

from __future__ import annotations

import dataclasses

from slimmer.build.job import Job
from slimmer.build.provenance import with_pushed
from slimmer.disk import files_beside
from slimmer.errors import InterruptedRunError, PushBrokenError, SlimError
from slimmer.interruption import disarm, rearm
from slimmer.report import ImageSummary, PushedImage, Report, write_report
from slimmer.words import count, size


def push_images(job: Job, report: Report) -> Report:
    """Push the slim image, and the debug image where that is asked for; the report tells of it.

    Raises PushRefusedError and PushBrokenError: the images stay in the engine, and the report says
    what became of the push.
    """
    asked = [report.slim, report.debug if job.options.push_debug else None]
    pushed: list[PushedImage] = []
    rearm()  # the images are safe: what is interrupted from here on is the push
    try:
        with job.clock.stage("push", "the registry takes the layers in"):
            pushed.extend(_pushed(job, image) for image in asked if image is not None)
            job.progress.detail("push", f"{count(len(pushed), 'image')}: {pushed[0].digest}")
    except SlimError as error:
        failed = dataclasses.replace(
            report,
            exit_code=error.exit_code,
            problem=error.message,
            cause=error.cause,
            hint=error.hint,
            details=error.details,
        )
        error.report_file = _written(job, failed, pushed).artifacts["report"]
        raise
    except KeyboardInterrupt as error:
        raise InterruptedRunError(
            "interrupted while pushing",
            hint="the images have passed and are in the engine, under their names",
        ) from error
    disarm()
    return _written(job, report, pushed)


def _pushed(job: Job, image: ImageSummary) -> PushedImage:
    def told(sent: int, total: int) -> None:
        job.progress.detail("push", f"{image.reference}: {size(sent)} of {size(total)}")

    job.progress.detail("push", image.reference)
    engine = job.session.engine
    digest = engine.push_image(image.reference, told)
    if not engine.knows_pushed:
        return PushedImage(reference=image.reference, digest=digest)
    known = engine.inspect_image(image.id).get("RepoDigests") or ()
    if not any(name.endswith(f"@{digest}") for name in known):
        raise PushBrokenError(
            f"the engine has pushed {image.reference} as {digest}, and does not know it as that",
            hint="look in the registry what is there, and push again",
            details="\n".join(known),
        )
    return PushedImage(reference=image.reference, digest=digest)


def _written(job: Job, report: Report, pushed: list[PushedImage]) -> Report:
    """The report with what is new in it, in the place of the one that is there."""
    told = dataclasses.replace(
        report,
        pushed=tuple(pushed),
        stages=job.clock.times,
        total_seconds=job.clock.total_seconds,
    )
    with files_beside(job.report_directory) as staged:
        written = write_report(told, job.report_directory, into=staged.folder)
        with_pushed(job, staged.folder, pushed)
        staged.publish()
    return written
