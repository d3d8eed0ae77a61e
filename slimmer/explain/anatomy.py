"""`slim xray`: where an image comes from, and what a saved trace or a report knows of its use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer.engine import Engine, connect
from slimmer.errors import ReportMismatchError, SlimError, TraceDriftError, UsageError
from slimmer.files import RootfsIndex
from slimmer.image import ORIGINAL_LABEL
from slimmer.image.archive import (
    Choice,
    ImageContent,
    Inspector,
    is_image_file,
    read_image_file,
    read_image_stream,
)
from slimmer.report import SavedReport, find_report, read_report
from slimmer.trace.saved import SavedTrace, read_saved_trace
from slimmer.trace.wire import read_trace
from slimmer.values import Access
from slimmer.xray import (
    Examination,
    Inspection,
    LinkageInspection,
    Linked,
    Strata,
    Used,
    Xray,
    examine,
    examine_paths,
    opened_files,
    strata_of,
)

_USES: Final = (Access.OPEN, Access.EXECUTE)
_OPENED: Final = ("opened", "executed")
"""How the details of rule `trace` begin for these."""


Archive = Callable[[Engine, Mapping[str, Any]], Iterable[bytes]]
"""Asks the engine for the archive of the image that it describes so."""


def saved_archive(engine: Engine, image: Mapping[str, Any]) -> Iterable[bytes]:
    """An `Archive`: what `docker save` gives."""
    return engine.save_image(str(image["Id"]))


def xray_of(
    target: str,
    *,
    choice: Choice,
    archive: Archive = saved_archive,
    trace: Path | None = None,
    report: Path | None = None,
) -> Xray:
    """What `target` consists of: an archive, a directory with an OCI layout, or an image of the
    engine. Raises ImageFileError, ImageNotFoundError, and for a trace or report of another image
    TraceDriftError and ReportMismatchError."""
    image, used, _ = _gathered(target, choice, archive, trace, report)
    return examine(image.content, target, source=image.source, used=used)


@dataclass(frozen=True, kw_only=True)
class LookedInto:
    """An image, and what it was looked into with."""

    xray: Xray
    config: Mapping[str, Any]
    """How containers of it start, as engines give it (`Config`)."""
    report: SavedReport | None
    linked: tuple[Linked, ...]
    """Programs and libraries of the application's own, by their C library."""
    kept_unused: int | None
    """Bytes of what was not used and the slim build of the report keeps all the same; None where
    that is not known."""


def look_into(
    target: str,
    *,
    choice: Choice,
    archive: Archive = saved_archive,
    trace: Path | None = None,
    report: Path | None = None,
) -> LookedInto:
    """As `xray_of`, for those who need more of what was read for it, and what was used in any case:
    where no trace and no report is named, the report of a build of the image is looked for."""
    image, used, told = _gathered(
        target, choice, archive, trace, report, inspector=LinkageInspection()
    )
    if used is None:
        told = found_report(image, ("original",))
        if told is None:
            raise UsageError(
                f"what was used of {target} is not known: no report of a build of it was found",
                hint=_how_to_know(target, image),
            )
        used = used_of_report(told)
    found = examine_paths(image.content, target, source=image.source, used=used)
    return LookedInto(
        xray=found.xray,
        linked=found.linked,
        config=image.content.configuration.get("config") or {},
        report=told,
        kept_unused=None if told is None else _kept_unused(told, found),
    )


def _kept_unused(report: SavedReport, found: Examination) -> int:
    used = found.used or frozenset()
    return sum(
        found.sizes.get(path, 0)
        for path, fate in report.fates.items()
        if fate.kept and path not in used
    )


def strata_of_target(
    target: str,
    *,
    choice: Choice,
    archive: Archive = saved_archive,
    trace: Path | None = None,
    report: Path | None = None,
) -> Strata:
    """The same, with the past of each path, for those who look around in it."""
    image, used, _ = _gathered(target, choice, archive, trace, report)
    return strata_of(image.content, target, source=image.source, used=used)


def _gathered(
    target: str,
    choice: Choice,
    archive: Archive,
    trace: Path | None,
    report: Path | None,
    inspector: Inspector | None = None,
) -> tuple[ReadImage, Used | None, SavedReport | None]:
    # What is named first is read first: it may be wrong, and an image takes its time.
    saved = read_saved_trace(trace) if trace else None
    told = read_report(report) if report and not saved else None
    image = read_image(target, choice, inspector or Inspection(), archive=archive)
    used = None
    if trace and saved:
        used = used_of_trace(target, image, trace, saved)
    elif told:
        check_original(told.file, told.original.reference, told.original.id, target, image)
        used = used_of_report(told)
    return image, used, told


@dataclass(frozen=True, kw_only=True)
class ReadImage:
    """An image from wherever it was."""

    content: ImageContent
    source: str
    """`engine`; empty where the content says what it was read from."""
    ids: frozenset[str]
    """By which traces and reports name it."""


def read_image(
    target: str,
    choice: Choice,
    inspector: Inspector | None = None,
    *,
    archive: Archive = saved_archive,
) -> ReadImage:
    """The content of an archive, a directory with an OCI layout, or an image of the engine; for
    `examine` it is read with an `Inspection`. Raises ImageFileError, ImageNotFoundError."""
    if is_image_file(target):
        image = read_image_file(Path(target), inspector, choice=choice)
        return ReadImage(content=image, source="", ids=frozenset({image.id}))
    engine = connect()
    try:
        found = engine.inspect_image(target)
        chunks = archive(engine, found)
        image = read_image_stream(chunks, target, inspector, choice=choice)
    finally:
        engine.close()
    return ReadImage(content=image, source="engine", ids=frozenset({image.id, str(found["Id"])}))


def found_report(image: ReadImage, *of: tuple[str, ...]) -> SavedReport | None:
    """The newest report that tells of the image as one of the first of these, else of the next
    (`find_report`). One that cannot be read is passed over: nobody has named it."""
    for each in of:
        for identity in image.ids:
            file = find_report(identity, of=each)
            if file is not None:
                try:
                    return read_report(file)
                except SlimError:
                    continue
    return None


def check_original(
    report: Path, reference: str, identity: str, target: str, image: ReadImage
) -> None:
    """Raise ReportMismatchError where the report's original is another image."""
    if identity not in image.ids:
        raise ReportMismatchError(
            f"the report {report} is of another image: of {reference} ({identity[:19]}), and "
            f"{target} is {image.content.id[:19]}",
            hint=_how_to_know(target, image),
        )


def _how_to_know(target: str, image: ReadImage) -> str:
    """What makes a report that is of this very image."""
    config = image.content.configuration.get("config") or {}
    if ORIGINAL_LABEL in (config.get("Labels") or {}):
        return "it is a slim image: name the original, which was slimmed"
    return (
        f"`slim build {target} …` writes one; reports from before {target} was built anew are of "
        "another image. One that lies elsewhere is named with --report"
    )


def used_of_trace(target: str, image: ReadImage, file: Path, saved: SavedTrace) -> Used:
    """What a saved trace of the image has seen opened. Raises TraceDriftError for one of another
    image."""
    layers = tuple((image.content.configuration.get("rootfs") or {}).get("diff_ids") or ())
    if layers != saved.identity.layers:
        raise TraceDriftError(
            f"the trace {file} is of another image ({saved.identity.reference}) than {target}: its "
            "layers are other ones",
            hint="trace this image: `slim build --save-trace FILE` saves what it saw",
        )
    uses = {access.value for access in _USES}
    paths = [
        path for path, seen in saved.paths.items() if any(use.access in uses for use in seen.uses)
    ]
    return Used(source=str(file), paths=lambda index: opened_files(index, paths))


def used_of_report(report: SavedReport) -> Used:
    """What the traced run of a build has opened, in the original or in what was made of it."""
    return Used(source=str(report.file), paths=_paths_of_report(report))


def _paths_of_report(report: SavedReport) -> Callable[[RootfsIndex], Iterable[str]]:
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
