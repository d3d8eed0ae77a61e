"""Reading what an earlier run has written: report.json, and dropped.json beside it.

Files come from other machines and other versions: whatever is not as it should be is a
ReportFileError that says what was found, and never a traceback.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer.errors import ReportFileError
from slimmer.files import parent_of
from slimmer.report.dropped import DROPPED_VERSION
from slimmer.report.files import DROPPED_NAME, JSON_NAME
from slimmer.report.report import SCHEMA_VERSION
from slimmer.values import EntryType, Reason

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


@dataclass(frozen=True, kw_only=True)
class SavedImage:
    """An image as a report names it."""

    id: str
    reference: str
    size: int


@dataclass(frozen=True, kw_only=True)
class SavedReport:
    """What a report tells of the fate of paths."""

    file: Path
    strategy: str
    original: SavedImage
    slim: SavedImage
    debug: SavedImage | None
    phases: tuple[str, ...]
    excluded: frozenset[str]
    """Where --exclude alone has kept something out."""
    fates: Mapping[str, Fate]
    """By path; the dropped ones among them where `is_whole`."""
    is_whole: bool
    """Whether dropped.json was beside the report."""
    trace: Path | None
    """The trace beside the report; None where there is none."""


def find_report(image_id: str, folder: Path = FOLDER) -> Path | None:
    """The newest report.json one level below `folder` that tells of this image; None where there
    is none. Files that cannot be read are passed over."""
    found = []
    for file in folder.glob(f"*/{JSON_NAME}"):
        try:
            if image_id in file.read_text("utf-8") and image_id in _image_ids(_object(file)):
                found.append((file.stat().st_mtime_ns, file))
        except (OSError, UnicodeDecodeError, ReportFileError):
            continue
    return max(found)[1] if found else None


def read_report(place: Path) -> SavedReport:
    """Read a report.json, or the one in a folder. Raises ReportFileError."""
    file = place / JSON_NAME if place.is_dir() else place
    document = _object(file)
    _check_form(document, file, SCHEMA_VERSION)
    try:
        return _saved(document, file)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ReportFileError(
            f"the report {file} is damaged: {_what(error)}",
            hint="build the image again to get a new one",
        ) from error


def _saved(document: Mapping[str, Any], file: Path) -> SavedReport:
    if document["slim"] is None:
        raise ReportFileError(
            f"the report {file} is of a run that made no image: {document.get('problem', '')}"
        )
    excluded = frozenset(document["excluded"])
    fates = {fate.path: fate for fate in map(_kept, document["kept"])}
    beside = file.with_name(DROPPED_NAME)
    is_whole = beside.is_file()
    if is_whole:
        for fate in _dropped(beside, document):
            fates.setdefault(fate.path, fate)
    trace = file.with_name("trace")
    return SavedReport(
        file=file,
        strategy=str(document["strategy"]),
        original=_image(document["original"]),
        slim=_image(document["slim"]),
        debug=_image(document["debug"]) if document["debug"] else None,
        phases=tuple(str(phase["name"]) for phase in document["trace"]["phases"]),
        excluded=excluded,
        fates=fates,
        is_whole=is_whole,
        trace=trace if "trace" in document["artifacts"] and trace.is_file() else None,
    )


def _kept(row: Mapping[str, Any]) -> Fate:
    return Fate(
        path=str(row["path"]),
        type=_TYPES[row["type"]],
        size=int(row["size"]),
        kept=True,
        package=row.get("package", ""),
        target=row.get("target", ""),
        layer=row["layer"],
        made=bool(row.get("origin")),
        reasons=tuple(
            Reason(rule=each["rule"], detail=each["detail"], because=each.get("because", ""))
            for each in row["reasons"]
        ),
    )


def _dropped(file: Path, report: Mapping[str, Any]) -> Iterator[Fate]:
    document = _object(file)
    _check_form(document, file, DROPPED_VERSION)
    if document.get("manifest_digest") != report["slim"]["manifest_digest"]:
        raise ReportFileError(
            f"{file} and {JSON_NAME} beside it are of different builds",
            hint="build the image again to get both anew",
        )
    packages, in_debug = document["packages"], set(document["debug"])
    for directory, rows in document["directories"].items():
        above = "" if directory == "/" else directory
        for name, letter, size, package, *target in rows:
            path = f"{above}/{name}"
            yield Fate(
                path=path,
                type=EntryType(letter),
                size=size,
                kept=False,
                package=packages[package],
                target=target[0] if target else "",
                in_debug=path in in_debug,
            )
    above_debug = {parent_of(path) for path in in_debug}
    for path in in_debug:
        # Those that no row told of. What has something below it is a directory.
        kind = EntryType.DIRECTORY if path in above_debug else EntryType.FILE
        yield Fate(path=path, type=kind, size=0, kept=False, in_debug=True, in_original=False)


def _image(document: Mapping[str, Any]) -> SavedImage:
    return SavedImage(
        id=str(document["id"]), reference=str(document["reference"]), size=int(document["size"])
    )


def _image_ids(document: Mapping[str, Any]) -> set[str]:
    images = (document.get("slim"), document.get("debug"))
    return {str(image.get("id")) for image in images if isinstance(image, dict)}


def _object(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_bytes())
    except OSError as error:
        raise ReportFileError(f"the report {file} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ReportFileError(
            f"{file} is no report, or not a whole one: {_what(error)}",
            hint=f"--report takes the {JSON_NAME} of a build, or the folder that it lies in",
        ) from error
    if not isinstance(document, dict) or "slimmer_version" not in document:
        raise ReportFileError(
            f"{file} is JSON, but no report of slimmer",
            hint=f"--report takes the {JSON_NAME} of a build, or the folder that it lies in",
        )
    return document


def _check_form(document: Mapping[str, Any], file: Path, known: int) -> None:
    version = document.get("schema_version")
    if not isinstance(version, int):
        raise ReportFileError(f"{file} is damaged: it does not say which form it has")
    if version > known:
        raise ReportFileError(
            f"{file} was written by slimmer {document['slimmer_version']} in form {version}; this "
            f"slimmer reads forms up to {known}",
            hint="use the slimmer that wrote it, or a newer one",
        )


def _what(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return str(error)
