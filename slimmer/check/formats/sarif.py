"""SARIF 2.1.0: a rule for each gate, a result for each finding of one that has not passed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from slimmer.check.document import ERROR, PASS, CheckDocument, Finding, GateResult
from slimmer.check.formats.telling import called, finding_words, problem
from slimmer.check.gates import GATES
from slimmer.words import sarif_text

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(document: CheckDocument) -> str:
    """The document as JSON text."""
    asked = dict.fromkeys(result.gate for result in document.gates)
    rules = [
        {"id": gate.name, "shortDescription": {"text": gate.help}}
        for gate in GATES
        if gate.name in asked
    ]
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "slim check",
                        "version": document.slimmer_version,
                        "rules": rules,
                    }
                },
                "invocations": [{"executionSuccessful": not document.having(ERROR)}],
                "columnKind": "unicodeCodePoints",
                "results": [
                    result
                    for gate in document.gates
                    if gate.status != PASS
                    for result in _results(document, gate, [rule["id"] for rule in rules])
                ],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _results(
    document: CheckDocument, gate: GateResult, rules: list[Any]
) -> Iterator[Mapping[str, Any]]:
    """One for the gate itself where it found nothing that has a name."""
    for finding in gate.findings or (None,):
        text = f"{called(gate)}: {problem(gate)}"
        if finding is not None:
            text += f": {finding_words(finding)}"
        place = _place(document, finding)
        key = "\0".join((gate.gate, gate.subject, finding.what if finding else ""))
        print_ = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
        yield {
            "ruleId": gate.gate,
            "ruleIndex": rules.index(gate.gate),
            "level": "error",
            "message": {"text": sarif_text(text)},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": place}}}],
            "partialFingerprints": {"slimCheck/v1": print_},
        }


def _place(document: CheckDocument, finding: Finding | None) -> str:
    """A path of the image, relative to its root; the image's own name for all else."""
    path = finding.what if finding is not None and finding.what.startswith("/") else ""
    told = path.lstrip("/") or document.image.reference.lstrip("/")
    return quote(told.encode("utf-8", "surrogateescape"))
