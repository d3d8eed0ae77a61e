"""`slim xray`: where an image comes from, and what a saved trace or a report knows of its use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Final

from slimmer.engine import connect
from slimmer.errors import ReportMismatchError, TraceDriftError
from slimmer.files import RootfsIndex
from slimmer.image.archive import (
    Choice,
    ImageContent,
    Inspector,
    is_image_file,
    read_image_file,
    read_image_stream,
)
from slimmer.report import SavedReport, read_report
from slimmer.trace.saved import SavedTrace, read_saved_trace
from slimmer.trace.wire import read_trace
from slimmer.values import Access
from slimmer.xray import Inspection, Used, Xray, examine, opened_files

_USES: Final = (Access.OPEN, Access.EXECUTE)
_OPENED: Final = ("opened", "executed")
"""How the details of rule `trace` begin for these."""


def xray_of(
    target: str, *, choice: Choice, trace: Path | None = None, report: Path | None = None
) -> Xray:
    """What `target` consists of: an archive, a directory with an OCI layout, or an image of the
    engine. Raises ImageFileError, ImageNotFoundError, and for a trace or report of another image
    TraceDriftError and ReportMismatchError."""
    # What is named first is read first: it may be wrong, and an image takes its time.
    saved = read_saved_trace(trace) if trace else None
    told = read_report(report) if report and not saved else None
    image, source, ids = content_of(target, choice, Inspection())
    used = None
    if trace and saved:
        _check_trace(target, image, trace, saved)
        used = Used(source=str(trace), paths=_used_of_trace(saved))
    elif told:
        check_original(told.file, told.original.reference, told.original.id, target, ids)
        used = Used(source=str(told.file), paths=_used_of_report(told))
    return examine(image, target, source=source, used=used)


def content_of(
    target: str, choice: Choice, inspector: Inspector | None = None
) -> tuple[ImageContent, str, set[str]]:
    """The image, what it was read from where the content does not say so, and its ids."""
    if is_image_file(target):
        image = read_image_file(Path(target), inspector, choice=choice)
        return image, "", {image.id}
    engine = connect()
    try:
        found = engine.inspect_image(target)
        chunks = engine.save_image(str(found["Id"]))
        image = read_image_stream(chunks, target, inspector, choice=choice)
    finally:
        engine.close()
    return image, "engine", {image.id, str(found["Id"])}


def check_original(
    report: Path, reference: str, identity: str, target: str, ids: Collection[str]
) -> None:
    """Raise ReportMismatchError where the report's original is not the image with these ids."""
    if identity not in ids:
        raise ReportMismatchError(
            f"the report {report} is of another image: of {reference} ({identity[:19]}), and "
            f"{target} is {min(ids)[:19]}",
            hint="name the image that was slimmed, not the slim image",
        )


def _check_trace(target: str, image: ImageContent, file: Path, saved: SavedTrace) -> None:
    layers = tuple((image.configuration.get("rootfs") or {}).get("diff_ids") or ())
    if layers != saved.identity.layers:
        raise TraceDriftError(
            f"the trace {file} is of another image ({saved.identity.reference}) than {target}: its "
            "layers are other ones",
            hint="trace this image: `slim build --save-trace FILE` saves what it saw",
        )


def _used_of_trace(saved: SavedTrace) -> Callable[[RootfsIndex], Iterable[str]]:
    uses = {access.value for access in _USES}
    paths = [
        path for path, seen in saved.paths.items() if any(use.access in uses for use in seen.uses)
    ]
    return lambda index: opened_files(index, paths)


def _used_of_report(report: SavedReport) -> Callable[[RootfsIndex], Iterable[str]]:
    """By the trace beside the report; without one by the reasons, which name what was opened."""
    if (trace := report.trace) is not None:
        return lambda index: opened_files(
            index,
            (seen.path for seen in read_trace(trace, index).sightings if seen.access in _USES),
        )
    paths = [
        path
        for path, fate in report.fates.items()
        if any(each.rule == "trace" and each.detail.startswith(_OPENED) for each in fate.reasons)
    ]
    return lambda index: opened_files(index, paths)
