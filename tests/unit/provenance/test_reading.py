"""Provenance files of others: what is taken, and what each wrong one is told."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import ProvenanceFileError
from slimmer.provenance import parse_attestation, read_attestation

STATEMENT: dict[str, Any] = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "my-app:1-slim", "digest": {"sha256": "0" * 64}}],
    "predicateType": "https://slsa.dev/provenance/v1",
    "predicate": {"buildDefinition": {}, "runDetails": {}},
}


def enveloped(statement: Any) -> dict[str, Any]:
    payload = base64.b64encode(json.dumps(statement).encode()).decode()
    return {"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": []}


def test_a_bare_statement_and_an_envelope() -> None:
    bare = parse_attestation(json.dumps(STATEMENT).encode(), "file")
    assert bare.envelope is None
    assert list(bare.subjects()) == [("my-app:1-slim", "sha256:" + "0" * 64)]

    sealed = parse_attestation(json.dumps(enveloped(STATEMENT)).encode(), "file")
    assert sealed.statement == STATEMENT
    assert sealed.envelope is not None


def test_of_a_bundle_the_provenance_is_taken() -> None:
    other = enveloped({**STATEMENT, "predicateType": "https://spdx.dev/Document"})
    lines = "\n".join(json.dumps(each) for each in (other, enveloped(STATEMENT)))
    assert parse_attestation(lines.encode(), "file").statement == STATEMENT


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "neither an in-toto statement nor an envelope"),
        ({**STATEMENT, "_type": "https://in-toto.io/Statement/v0.1"}, "its _type is"),
        ({**STATEMENT, "predicateType": "https://spdx.dev/Document"}, "its predicateType is"),
        ({**STATEMENT, "subject": []}, "no subjects"),
        ({**STATEMENT, "subject": [{"name": "a"}]}, "no subjects"),
        ({**STATEMENT, "subject": [{"digest": {"sha1": "0" * 40}}]}, "no subjects"),
        ({**STATEMENT, "subject": [{"digest": {"sha256": "A" * 64}}]}, "no subjects"),
        ({**STATEMENT, "subject": "my-app"}, "no subjects"),
        (
            {**STATEMENT, "subject": [{**STATEMENT["subject"][0], "annotations": 7}]},
            "no subjects",
        ),
        ({**STATEMENT, "predicate": None}, "no predicate"),
        (enveloped([]), "neither an in-toto statement"),
        ({**enveloped(STATEMENT), "payload": "%"}, "its payload cannot be read"),
        ({**enveloped(STATEMENT), "payload": 7}, "its payload cannot be read"),
        ({"payloadType": "a"}, "holds something else: 'a'"),
        ({"payload": "a"}, "holds something else: None"),
        ({**enveloped(STATEMENT), "payloadType": "text/plain"}, "holds something else"),
        ([], "holds no provenance"),
        (7, "holds no provenance"),
    ],
)
def test_what_is_none(document: Any, told: str) -> None:
    with pytest.raises(ProvenanceFileError, match=told):
        parse_attestation(json.dumps(document).encode(), "file")


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff", b"{" * 100_000, b"[" * 100_000, b"not\njson\n"]
)
def test_what_is_not_json(data: bytes) -> None:
    with pytest.raises(ProvenanceFileError, match="is not JSON"):
        parse_attestation(data, "file")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ProvenanceFileError, match="No such file"):
        read_attestation(tmp_path / "provenance.json")
    with pytest.raises(ProvenanceFileError, match="Is a directory"):
        read_attestation(tmp_path)
