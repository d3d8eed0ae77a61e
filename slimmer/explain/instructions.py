"""`slim report --layers`: what each instruction of the original's Dockerfile brought, and what of
that was used, kept and dropped. A build does not tell: the engine would have to give all layers."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from slimmer.errors import ImageNotFoundError, OriginalMissingError
from slimmer.explain.anatomy import check_original, read_image
from slimmer.image.archive import Choice
from slimmer.report import Report, with_instructions
from slimmer.xray import origins_of


def add_instructions(report: Report, file: Path, *, original: str = "") -> Report:
    """The report with areas for each instruction. `file` is where it was read from; `original` is
    an archive or the directory of an OCI layout, or empty: the engine is asked.

    Raises OriginalMissingError, ReportMismatchError, and what reading an image raises."""
    target = original or report.original.id
    try:
        image = read_image(target, Choice())
    except ImageNotFoundError:
        raise OriginalMissingError(
            f"the original of the report {file}, {report.original.reference} "
            f"({report.original.id[:19]}), is not in the engine any more",
            hint="name an archive of it with --original",
        ) from None
    check_original(file, report.original.reference, report.original.id, target, image)
    origins = origins_of(image.content)
    return dataclasses.replace(
        report,
        areas=with_instructions(report, origins.entries, origins.layer_of, origins.instructions),
    )
