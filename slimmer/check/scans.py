"""What scanners found in images, for a gate: what cannot be read was not measured."""

from __future__ import annotations

from pathlib import Path

from slimmer.errors import GateUnmeasuredError, ScanFileError
from slimmer.evidence import FORMS, Scan, read_scan


def measured_scan(file: Path) -> Scan:
    """Read a report. Raises GateUnmeasuredError for what is not one, and for one that does not
    list packages."""
    try:
        scan = read_scan(file)
    except ScanFileError as error:
        raise GateUnmeasuredError(error.message, hint=error.hint) from error
    if not scan.lists_packages:
        raise GateUnmeasuredError(
            f"{file} lists weaknesses only, and not the packages of the image (trivy's "
            "--list-all-pkgs lists packages)",
            hint=FORMS,
        )
    return scan
