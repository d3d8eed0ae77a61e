"""A provenance file as it was written by whomever: bare, or in a signed envelope."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer.errors import ProvenanceFileError
from slimmer.provenance.statement import PREDICATE_TYPE, STATEMENT_MEDIA_TYPE, STATEMENT_TYPE

_LARGEST: Final = 64 << 20
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_PAYLOAD_TYPES: Final = (STATEMENT_MEDIA_TYPE, "application/vnd.in-toto.provenance+json")
_AGAIN: Final = "name the provenance.json or provenance.dsse.json of a build"


@dataclass(frozen=True, kw_only=True)
class Attestation:
    """A statement, and the envelope that it came in."""

    statement: Mapping[str, Any]
    """Of the right types, with subjects that have digests."""
    envelope: Mapping[str, Any] | None
    """None where it is bare: nobody has signed it."""

    @property
    def definition(self) -> Mapping[str, Any]:
        """`buildDefinition` of the predicate."""
        return _object(self.statement["predicate"], "buildDefinition")

    @property
    def external(self) -> Mapping[str, Any]:
        """What the build was asked for."""
        return _object(self.definition, "externalParameters")

    @property
    def internal(self) -> Mapping[str, Any]:
        """What slimmer added."""
        return _object(self.definition, "internalParameters")

    @property
    def builder(self) -> Mapping[str, Any]:
        """`id` and `version`."""
        return _object(_object(self.statement["predicate"], "runDetails"), "builder")

    def dependencies(self, name: str) -> list[Mapping[str, Any]]:
        """The resolved dependencies of that name."""
        listed = self.definition.get("resolvedDependencies")
        found = listed if isinstance(listed, list) else []
        return [each for each in found if isinstance(each, dict) and each.get("name") == name]

    def subjects(self, **annotations: str) -> Iterator[tuple[str, str]]:
        """(name, `sha256:…`) of the subjects that have these annotations."""
        for each in self.statement["subject"]:
            told = each.get("annotations") or {}
            if all(told.get(key) == value for key, value in annotations.items()):
                yield str(each.get("name", "")), f"sha256:{each['digest']['sha256']}"


def read_attestation(file: Path) -> Attestation:
    """The provenance in a file: a statement, an envelope, or lines of such (`.intoto.jsonl`), of
    which the first provenance is taken. Raises ProvenanceFileError."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST)
    except OSError as error:
        raise ProvenanceFileError(
            f"the provenance {file} cannot be read: {error.strerror}", hint=_AGAIN
        ) from error
    return parse_attestation(data, str(file))


def parse_attestation(data: bytes, name: str) -> Attestation:
    """The same of a file's bytes; `name` is what errors call it."""
    documents = list(_documents(data, name))
    problem = ProvenanceFileError(f"{name} holds no provenance", hint=_AGAIN)
    for document in documents:
        try:
            return _attestation(document, name)
        except ProvenanceFileError as error:
            problem = error
    raise problem


def _documents(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    try:
        whole = json.loads(data)
        yield from [whole] if isinstance(whole, dict) else []
        return
    except (ValueError, RecursionError) as error:
        broken = error
    lines = [line for line in data.splitlines() if line.strip()]
    try:
        documents = [json.loads(line) for line in lines] if len(lines) > 1 else []
    except (ValueError, RecursionError):
        documents = []
    if not documents:
        raise ProvenanceFileError(f"{name} is not JSON: {broken}", hint=_AGAIN) from broken
    yield from (each for each in documents if isinstance(each, dict))


def _attestation(document: dict[str, Any], name: str) -> Attestation:
    if "payloadType" not in document and "payload" not in document:
        return Attestation(statement=_checked(document, name), envelope=None)
    if document.get("payloadType") not in _PAYLOAD_TYPES:
        raise ProvenanceFileError(
            f"the envelope in {name} holds something else: {document.get('payloadType')!r}",
            hint=f"that of a provenance has the payload type {STATEMENT_MEDIA_TYPE}",
        )
    try:
        payload = base64.b64decode(document["payload"], validate=True)
        statement = json.loads(payload)
    except (KeyError, TypeError, ValueError, binascii.Error, RecursionError) as error:
        raise ProvenanceFileError(
            f"the envelope in {name} is damaged: its payload cannot be read",
            hint=_AGAIN,
            details=f"{type(error).__name__}: {error}",
        ) from error
    return Attestation(statement=_checked(statement, name), envelope=document)


def _checked(statement: Any, name: str) -> dict[str, Any]:
    if not isinstance(statement, dict) or "_type" not in statement:
        raise ProvenanceFileError(
            f"{name} is neither an in-toto statement nor an envelope with one", hint=_AGAIN
        )
    for key, wanted in (("_type", STATEMENT_TYPE), ("predicateType", PREDICATE_TYPE)):
        if statement.get(key) != wanted:
            raise ProvenanceFileError(
                f"{name} is another attestation: its {key} is {statement.get(key)!r}",
                hint=f"a provenance has {wanted}",
            )
    subjects, predicate = statement.get("subject"), statement.get("predicate")
    if not isinstance(subjects, list) or not subjects or not all(map(_has_digest, subjects)):
        raise ProvenanceFileError(
            f"the statement in {name} has no subjects with SHA-256 digests", hint=_AGAIN
        )
    if not isinstance(predicate, dict):
        raise ProvenanceFileError(f"the statement in {name} has no predicate", hint=_AGAIN)
    return statement


def _has_digest(subject: Any) -> bool:
    digests = subject.get("digest") if isinstance(subject, dict) else None
    annotations = subject.get("annotations") or {} if isinstance(subject, dict) else None
    text = digests.get("sha256") if isinstance(digests, dict) else None
    return isinstance(text, str) and bool(_HEX.fullmatch(text)) and isinstance(annotations, dict)


def _object(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}
