"""Reading what an earlier run has written: report.json, and dropped.json beside it.

Files come from other machines and other versions: whatever is not as it should be is a
ReportFileError that says what was found, and never a traceback.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, TypeVar

from slimmer.codec import Keywords, Mismatch, parse
from slimmer.disk import is_directory, is_regular
from slimmer.errors import ReportFileError
from slimmer.files import parent_of
from slimmer.report.document import DOCUMENTS
from slimmer.report.dropped import DROPPED_VERSION, DroppedDocument
from slimmer.report.files import DROPPED_NAME, JSON_NAME
from slimmer.report.language_packages import LanguagePackage
from slimmer.report.places import remembered_reports
from slimmer.report.removed import EcosystemSummary
from slimmer.report.report import SCHEMA_VERSION, KeptPath, Report
from slimmer.values import EntryType, HeavyOmission, Reason

T = TypeVar("T")

FOLDER: Final = Path("slim-report")
"""Below it each image has its reports, unless --report-dir says otherwise."""

_TYPES: Final = {
    "file": EntryType.FILE,
    "directory": EntryType.DIRECTORY,
    "symlink": EntryType.SYMLINK,
    "device": EntryType.CHARACTER_DEVICE,
    "fifo": EntryType.FIFO,
    "socket": EntryType.SOCKET,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """What became of one path."""

    path: str
    type: EntryType
    size: int
    """Bytes of content; 0 for a further name of a file that is counted already."""
    kept: bool
    """Whether the slim image has it."""
    package: str = ""
    package_type: str = ""
    """`npm`, `pypi`, …; empty for a package of the distribution."""
    target: str = ""
    """The text of a symbolic link."""
    layer: str = ""
    """Where it lies; empty for a kept path that no layer can hold, and where nothing is known."""
    reasons: tuple[Reason, ...] = ()
    in_debug: bool = False
    """Whether the debug image has it, above the slim image's layers."""
    in_original: bool = True
    """False for a tool that the debug image has from elsewhere."""
    made: bool = False
    """Whether slimmer made what is there: a package list cut to what is left, an SBOM."""
    of_base: bool = False
    """Whether what is there is the base's, and not the original's."""


@dataclass(frozen=True, kw_only=True)
class SavedImage:
    """An image as a report names it."""

    id: str
    reference: str
    size: int


@dataclass(frozen=True, kw_only=True)
class _Head:
    """What is looked at first, in both documents."""

    slimmer_version: str
    schema_version: Annotated[int, Keywords(minimum=1)]


@dataclass(frozen=True, kw_only=True)
class SavedSlimImage(SavedImage):
    """The slim image."""

    manifest_digest: str


@dataclass(frozen=True, kw_only=True)
class _Phase:
    name: str


@dataclass(frozen=True, kw_only=True)
class _Trace:
    phases: tuple[_Phase, ...]


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """Whether there is anything to read."""

    problem: str = ""
    slim: SavedSlimImage | None


@dataclass(frozen=True, kw_only=True)
class _Document:
    """What is read of a report.json."""

    strategy: str
    original: SavedImage
    slim: SavedSlimImage
    debug: SavedImage | None
    trace: _Trace
    artifacts: Mapping[str, str]
    excluded: frozenset[str]
    kept: tuple[KeptPath, ...]
    heavy: tuple[HeavyOmission, ...] = ()
    ecosystems: tuple[EcosystemSummary, ...] = ()
    language_packages: tuple[LanguagePackage, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SavedReport:
    """What a report tells of the fate of paths."""

    file: Path
    strategy: str
    original: SavedImage
    slim: SavedSlimImage
    debug: SavedImage | None
    phases: tuple[str, ...]
    excluded: frozenset[str]
    """Where --exclude alone has kept something out."""
    heavy: tuple[HeavyOmission, ...]
    ecosystems: tuple[EcosystemSummary, ...]
    """How many packages the original has, and what was removed of them."""
    language_packages: tuple[LanguagePackage, ...]
    """Where those of languages lie."""
    fates: Mapping[str, Fate]
    """By path; the dropped ones among them where `is_whole`."""
    is_whole: bool
    """Whether dropped.json was beside the report."""
    trace: Path | None
    """The trace beside the report; None where there is none."""


def find_report(
    image_id: str, folder: Path = FOLDER, *, of: tuple[str, ...] = ("slim", "debug")
) -> Path | None:
    """The newest report.json that tells of this image as one `of` these, one level below `folder`
    or where the build has put it; None where there is none. Files that cannot be read are passed
    over."""
    found = []
    for file in {*folder.glob(f"*/{JSON_NAME}"), *remembered_reports(image_id)}:
        try:
            if image_id in file.read_text("utf-8") and image_id in _image_ids(_parsed(file), of):
                found.append((file.stat().st_mtime_ns, file))
        except (OSError, UnicodeDecodeError, ReportFileError):
            continue
    return max(found)[1] if found else None


def has_result(directory: Path) -> bool:
    """Whether there is the report of a build that has made an image."""
    file = directory / JSON_NAME
    try:
        outcome: _Outcome = _read(_Outcome, _checked(file, SCHEMA_VERSION), file)
    except ReportFileError:
        return False
    return outcome.slim is not None


def read_report(place: Path) -> SavedReport:
    """Read a report.json, or the one in a folder. Raises ReportFileError."""
    file = place / JSON_NAME if is_directory(place) else place
    parsed = _checked(file, SCHEMA_VERSION)
    outcome: _Outcome = _read(_Outcome, parsed, file)
    if outcome.slim is None:
        raise ReportFileError(
            f"the report {file} is of a run that made no image: {outcome.problem}"
        )
    document: _Document = _read(_Document, parsed, file)
    fates = {fate.path: fate for fate in map(_kept, document.kept)}
    beside = file.with_name(DROPPED_NAME)
    is_whole = is_regular(beside)
    if is_whole:
        for fate in _dropped(beside, outcome.slim):
            fates.setdefault(fate.path, fate)
    trace = file.with_name("trace")
    return SavedReport(
        file=file,
        strategy=document.strategy,
        original=document.original,
        slim=document.slim,
        debug=document.debug,
        phases=tuple(phase.name for phase in document.trace.phases),
        excluded=document.excluded,
        heavy=document.heavy,
        ecosystems=document.ecosystems,
        language_packages=document.language_packages,
        fates=fates,
        is_whole=is_whole,
        trace=trace if "trace" in document.artifacts and is_regular(trace) else None,
    )


def read_whole_report(place: Path) -> Report:
    """All that a report.json says, one of a failed build as well; what reports of before did not
    tell has its default. Raises ReportFileError."""
    file = place / JSON_NAME if is_directory(place) else place
    report: Report = _read(Report, _checked(file, SCHEMA_VERSION), file)
    return report


def _kept(row: KeptPath) -> Fate:
    return Fate(
        path=row.path,
        type=_TYPES[row.type],
        size=row.size,
        kept=True,
        package=row.package,
        target=row.target,
        layer=row.layer,
        made=row.origin == "slimmer",
        of_base=row.origin == "base",
        reasons=row.reasons,
    )


def _dropped(file: Path, slim: SavedSlimImage) -> Iterator[Fate]:
    document: DroppedDocument = _read(DroppedDocument, _checked(file, DROPPED_VERSION), file)
    if document.manifest_digest != slim.manifest_digest:
        raise ReportFileError(
            f"{file} and {JSON_NAME} beside it are of different builds",
            hint="build the image again to get both anew",
        )
    in_debug = frozenset(document.debug)
    for directory, rows in document.directories.items():
        above = "" if directory == "/" else directory
        for name, kind, size, package, *target in rows:
            if package >= len(document.packages):
                raise _damaged(file, f"directories.{directory}: there is no package {package}")
            path = f"{above}/{name}"
            yield Fate(
                path=path,
                type=kind,
                size=size,
                kept=False,
                package=document.packages[package],
                target=target[0] if target else "",
                in_debug=path in in_debug,
            )
    above_debug = {parent_of(path) for path in in_debug}
    for path in in_debug:
        # Those that no row told of. What has something below it is a directory.
        kind = EntryType.DIRECTORY if path in above_debug else EntryType.FILE
        yield Fate(path=path, type=kind, size=0, kept=False, in_debug=True, in_original=False)


def _image_ids(document: object, of: tuple[str, ...]) -> set[str]:
    images = [document.get(name) for name in of] if isinstance(document, dict) else []
    return {str(image.get("id")) for image in images if isinstance(image, dict)}


def _parsed(file: Path) -> object:
    try:
        return parse(file.read_bytes())
    except OSError as error:
        raise ReportFileError(f"the report {file} cannot be read: {error.strerror}") from error
    except Mismatch as error:
        raise _no_report(f"{file} is not a complete report: {error}") from error


def _checked(file: Path, known: int) -> object:
    """A document of slimmer's, in a form that is known."""
    parsed = _parsed(file)
    if not isinstance(parsed, dict) or "slimmer_version" not in parsed:
        raise _no_report(f"{file} is JSON, but no report of slimmer")
    head: _Head = _read(_Head, parsed, file)
    if head.schema_version > known:
        raise ReportFileError(
            f"{file} was written by slimmer {head.slimmer_version} in form {head.schema_version}; "
            f"this slimmer reads forms up to {known}",
            hint="use the slimmer that wrote it, or a newer one",
        )
    return parsed


def _read(kind: type[T], parsed: object, file: Path) -> T:
    try:
        value: T = DOCUMENTS.read(kind, parsed)
    except Mismatch as error:
        raise _damaged(file, str(error)) from error
    return value


def _damaged(file: Path, what: str) -> ReportFileError:
    return ReportFileError(
        f"the report {file} is damaged: {what}", hint="build the image again to get a new one"
    )


def _no_report(what: str) -> ReportFileError:
    return ReportFileError(
        what, hint=f"--report takes the {JSON_NAME} of a build, or the folder that it lies in"
    )
