"""GitLab's code quality report."""

from __future__ import annotations

import json
from typing import Final, TextIO

from slimmer.lint.document import LintReport
from slimmer.lint.formats.fingerprint import fingerprint
from slimmer.words import printable

_SEVERITIES: Final = {"error": "critical", "warning": "major", "info": "minor", "style": "info"}


def write_gitlab(report: LintReport, stream: TextIO) -> None:
    """A list with one object for each finding; fingerprints are unique in it."""
    seen: dict[str, int] = {}
    found = []
    for file in report.files:
        for finding in file.findings:
            mark = fingerprint(file.path, finding)
            number = seen[mark] = seen.get(mark, 0) + 1
            found.append(
                {
                    "description": printable(f"{finding.code}: {finding.message}"),
                    "check_name": finding.code,
                    "fingerprint": mark if number == 1 else f"{mark}-{number}",
                    "severity": _SEVERITIES[finding.severity],
                    "location": {
                        "path": printable(file.path.removeprefix("./")),
                        "lines": {"begin": finding.line},
                    },
                }
            )
    json.dump(found, stream, indent=2)
    stream.write("\n")
