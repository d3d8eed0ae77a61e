"""SARIF 2.1.0, which code hosts show as alerts."""

from __future__ import annotations

import json
from typing import Any, Final, TextIO
from urllib.parse import quote

from slimmer import __version__
from slimmer.lint.checks import CHECKS
from slimmer.lint.document import LintedFile, LintReport
from slimmer.lint.finding import Finding
from slimmer.lint.formats.fingerprint import fingerprint
from slimmer.words import sarif_text

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note", "style": "note"}
_WIKI: Final = {
    "DL": "https://github.com/hadolint/hadolint/wiki/",
    "SC": "https://www.shellcheck.net/wiki/",
}


def write_sarif(report: LintReport, stream: TextIO) -> None:
    """One run, whose rules are those that found something."""
    pairs = [(file, finding) for file in report.files for finding in file.findings]
    codes = sorted({finding.code for _, finding in pairs})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "slim lint",
                "semanticVersion": __version__,
                "rules": [_rule(code) for code in codes],
            }
        },
        "results": [_result(file, finding, codes) for file, finding in pairs],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "note", "message": {"text": sarif_text(note)}}
                    for file in report.files
                    for note in file.notes
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    json.dump(document, stream, indent=2)
    stream.write("\n")


def _rule(code: str) -> dict[str, Any]:
    check = next((check for check in CHECKS if check.code == code), None)
    if check is not None:
        return {
            "id": code,
            "shortDescription": {"text": check.name},
            "defaultConfiguration": {"level": _LEVELS[check.severity]},
        }
    return {"id": code, "helpUri": f"{_WIKI.get(code[:2], _WIKI['DL'])}{quote(code)}"}


def _result(file: LintedFile, finding: Finding, codes: list[str]) -> dict[str, Any]:
    text = "\n".join(map(sarif_text, (finding.message, *finding.details)))
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": quote(file.path.encode("utf-8", "surrogateescape"))
                    },
                    "region": {"startLine": finding.line, "startColumn": finding.column},
                }
            }
        ],
        "partialFingerprints": {"slimLint/v1": fingerprint(file.path, finding)},
    }
