"""What an image is compared with: an earlier image, or what an earlier run has written of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slimmer.check.document import DOCUMENTS
from slimmer.codec import Mismatch, parse
from slimmer.disk import exists, is_directory, is_regular
from slimmer.errors import GateUnmeasuredError, ReportFileError, SlimError
from slimmer.explain import xray_of
from slimmer.image.archive import Choice
from slimmer.report import read_report
from slimmer.xray import ImageFacts, PackageShare, Share, Xray

_BRACE: Final = b"{"
_HINT: Final = (
    "a baseline is what `slim check --format json` or `slim xray --json` printed, a report.json, "
    "an archive or an image"
)


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """An earlier image."""

    place: str
    """As the user named it."""
    reference: str
    """The image that it is of."""
    size: int
    """Bytes."""
    files: int | None = None
    packages: tuple[PackageShare, ...] | None = None
    """None where it does not tell of them."""
    unpackaged: Share | None = None


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What the documents of `slim check` and `slim xray` have in common."""

    image: ImageFacts
    packages: tuple[PackageShare, ...]
    unpackaged: Share


def read_baseline(place: Path | str, platform: str) -> Baseline:
    """Read what the user named: a file, or an image of the engine; of an OCI layout the image for
    this platform, empty where there is but one. Raises GateUnmeasuredError, and ReportFileError for
    a report that cannot be read."""
    if isinstance(place, Path) and not exists(place):
        raise GateUnmeasuredError(f"there is no baseline {place}", hint=_HINT)
    if isinstance(place, Path) and is_directory(place) and is_regular(place / "report.json"):
        return _of_report(place)
    try:
        if isinstance(place, Path) and is_regular(place) and _is_document(place):
            return _of_document(place)
        return _of_xray(str(place), xray_of(str(place), choice=Choice(platform=platform)))
    except OSError as error:
        raise GateUnmeasuredError(
            f"the baseline {place} cannot be read: {error.strerror}", hint=_HINT
        ) from error
    except (GateUnmeasuredError, ReportFileError):
        raise
    except SlimError as error:
        raise GateUnmeasuredError(
            f"the baseline {place} cannot be read: {error.message}", hint=error.hint or _HINT
        ) from error


def _is_document(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(64).lstrip().startswith(_BRACE)


def _of_document(file: Path) -> Baseline:
    try:
        document = parse(file.read_bytes())
    except Mismatch as error:
        raise GateUnmeasuredError(f"the baseline {file} is damaged: {error}", hint=_HINT) from error
    if not isinstance(document, Mapping) or "slimmer_version" not in document:
        raise GateUnmeasuredError(f"{file} is JSON, but not a baseline", hint=_HINT)
    if "kept" in document:
        return _of_report(file)
    try:
        told: _Told = DOCUMENTS.read(_Told, document)
    except Mismatch as error:
        raise GateUnmeasuredError(f"the baseline {file} is damaged: {error}", hint=_HINT) from error
    return _of_told(str(file), told.image, told.packages, told.unpackaged)


def _of_report(place: Path) -> Baseline:
    """A report counts packages of the distribution only, and by what is kept of them."""
    slim = read_report(place).slim
    return Baseline(place=str(place), reference=slim.reference, size=slim.size)


def _of_xray(place: str, xray: Xray) -> Baseline:
    return _of_told(place, xray.image, xray.packages, xray.unpackaged)


def _of_told(
    place: str, image: ImageFacts, packages: tuple[PackageShare, ...], unpackaged: Share
) -> Baseline:
    return Baseline(
        place=place,
        reference=image.reference,
        size=image.size,
        files=image.files,
        packages=packages,
        unpackaged=unpackaged,
    )
