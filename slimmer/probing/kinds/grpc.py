"""`grpc`: the health check of a gRPC server (grpc.health.v1), or one unary call whose messages are
written as JSON."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slimmer.errors import UsageError
from slimmer.probing.connection import looked_closer
from slimmer.probing.failures import REFUSED
from slimmer.probing.grpc_call import (
    Called,
    NoAnswerError,
    call,
    health_descriptors,
    is_descriptor_set,
    library,
)
from slimmer.probing.judging import EXCERPT_LIMIT, MissingValueError, captured, json_complaint
from slimmer.probing.keys import Given, Key, KeyProblemError, Keys, Shape
from slimmer.probing.kinds.interface import (
    Attempt,
    Kind,
    UrlProbe,
    place_fields,
    place_keys,
    with_place,
)
from slimmer.probing.origin import Schemes
from slimmer.probing.record import record
from slimmer.values import (
    Answer,
    Fact,
    Headers,
    JsonExpectation,
    Part,
    ProbeResult,
    Recorded,
    Text,
)
from slimmer.words import size

DESCRIPTORS_LIMIT: Final = 8 * 1024 * 1024
"""Bytes of a descriptor set: it travels with the trace."""
_SCHEMES: Final[Schemes] = ("grpc", "grpcs")
_PLACE: Final = place_keys(_SCHEMES)
_HEALTH: Final = "/grpc.health.v1.Health/Check"
_SERVING: Final = "SERVING"
_STATUSES: Final = (
    *("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND"),
    *("ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION"),
    *("ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"),
    "UNAUTHENTICATED",
)


_WHO: Final = "it wants to know its caller: `headers:` of a step are metadata (docs/plans.md)"
_HINTS: Final = {
    "UNIMPLEMENTED": "the server has no such service or method, nor a health check where that was "
    "asked for: name one of its own, --grpc-probe '/SERVICE/METHOD {}'",
    "NOT_FOUND": "correct the name of the service, or what the message asks for; `/` asks for the "
    "health of the whole server",
    "UNAUTHENTICATED": _WHO,
    "PERMISSION_DENIED": _WHO,
}


@dataclass(frozen=True, kw_only=True)
class GrpcProbe(UrlProbe):
    """One call and the answer that it must get. Its path is `/SERVICE/METHOD`; `/SERVICE` stands
    for the health check of the service, `/` for the server's."""

    kind = "grpc"
    leads = True
    own_words = UrlProbe.own_words | {"descriptors"}
    headers: tuple[tuple[str, str], ...] = ()
    """Metadata that goes with the call."""
    message: str = ""
    """A JSON object; empty: a message without any field."""
    descriptors: bytes = b""
    """A FileDescriptorSet; empty: the server is asked for it by reflection."""
    status: str = "OK"
    json: tuple[JsonExpectation, ...] = ()

    @property
    def request(self) -> str:
        said = f" {size(len(self.message.encode()))} of JSON" if self.message else ""
        return self.path + said

    @property
    def is_health(self) -> bool:
        return self.path.count("/") == 1

    @property
    def may_be_repeated(self) -> bool:
        return not self.plan and self.is_health


@dataclass(frozen=True, kw_only=True)
class GrpcAnswer(Answer):
    """What a server answered."""

    status: str
    metadata: tuple[tuple[str, str], ...]
    message: Recorded
    """As JSON; where the status is not OK, what the server says of it."""

    def parts(self) -> Iterator[Part]:
        yield Fact(name="status", text=self.status)
        yield Headers(values=self.metadata, word="metadata")
        yield Text(name="message", recorded=self.message)


def grpc_probe(text: str) -> GrpcProbe:
    """Read `/[SERVICE[/METHOD [JSON]]]`, or the same behind `grpc[s]://NAME[:PORT]`. Raises
    UsageError, and MissingExtraError where grpcio is not installed."""
    place, _, message = text.strip().partition(" ")
    probe = GrpcProbe(
        name=f"grpc {place}", message=message.strip(), **place_fields(place, _SCHEMES)
    )
    try:
        return _checked(probe)
    except KeyProblemError as error:
        raise UsageError(
            f"`{text}` is not a gRPC probe: {error.problem}",
            hint="write / or /SERVICE for a health check, or /SERVICE/METHOD with the message as "
            "JSON, for example '/shop.Cart/Get {\"id\": 1}'",
        ) from error


def _checked(probe: GrpcProbe) -> GrpcProbe:
    """Raises KeyProblemError, and MissingExtraError."""
    library()
    if probe.path.count("/") > 2:
        raise KeyProblemError("path", f"`{probe.path}` is not /SERVICE/METHOD")
    if probe.is_health and (probe.message or probe.descriptors):
        raise KeyProblemError("message", f"{probe.path} is a health check, it takes no message")
    if probe.status not in _STATUSES:
        raise KeyProblemError("status", f"{probe.status} is not one of {', '.join(_STATUSES)}")
    message = None
    with contextlib.suppress(ValueError):
        message = json.loads(probe.message or "{}")
    if not isinstance(message, dict):
        raise KeyProblemError("message", f"`{probe.message}` is not a JSON object")
    return probe


class Grpc(Kind[GrpcProbe]):
    """A call."""

    probe = GrpcProbe
    keys = Keys(
        keys=(
            *_PLACE.keys,
            Key("headers", Shape.HEADERS),
            Key("message", Shape.ANYTHING, limits={"type": "object"}),
            Key("descriptors", Shape.TEXT),
            Key("status", Shape.TEXT, limits={"enum": list(_STATUSES)}),
            Key("json", Shape.PLACES),
        ),
        exclusive=_PLACE.exclusive,
    )
    shorthand = "/[SERVICE[/METHOD [JSON]]]"
    sources = ("json", "header", "pattern")

    def step(self, given: Given, folder: Path) -> GrpcProbe:
        place, fields = with_place(given, _SCHEMES)
        if "message" in fields:
            fields["message"] = json.dumps(fields["message"], ensure_ascii=False)
        probe = GrpcProbe(name=f"grpc {place}", **fields | {"descriptors": b""})
        if file := fields.get("descriptors"):
            _checked(probe)
            fields["descriptors"] = _descriptor_set(folder / file)
            probe = GrpcProbe(name=probe.name, **fields)
        return _checked(probe)

    def short(self, text: str, folder: Path) -> GrpcProbe:
        return grpc_probe(text)

    def hint(self, probe: GrpcProbe, result: ProbeResult) -> str:
        return _HINTS.get(result.answer.partition(":")[0], "")

    def send(self, probe: GrpcProbe, attempt: Attempt) -> ProbeResult:
        started = time.monotonic()
        target = attempt.target
        path, message, descriptors = probe.path, probe.message or "{}", probe.descriptors
        if probe.is_health:
            path, descriptors = _HEALTH, health_descriptors()
            message = json.dumps({"service": probe.path[1:]})
        failure = NoAnswerError("no address is known for the port", definite=False)
        for address in target.addresses(probe.port):
            try:
                called = call(
                    address,
                    probe.origin_at(target.port()),
                    path,
                    message,
                    metadata=probe.headers,
                    descriptors=descriptors,
                    deadline=started + attempt.seconds,
                )
            except NoAnswerError as error:
                failure = error
                if attempt.explained and not error.definite and str(error) != REFUSED:
                    why, definite = looked_closer(address, tls=probe.tls, secure="grpcs")
                    failure = NoAnswerError(why, definite=definite) if why else error
            else:
                seconds = time.monotonic() - started
                return _judged(probe, called, seconds, target.own_names())
        return ProbeResult(
            probe=probe,
            passed=False,
            answer=str(failure),
            answered=failure.definite,
            seconds=time.monotonic() - started,
        )


def _judged(
    probe: GrpcProbe, called: Called, seconds: float, own_names: tuple[tuple[str, str], ...]
) -> ProbeResult:
    status, data = called.status, called.text.encode()
    said = f"{status}, {len(data)} bytes" if status == "OK" else f"{status}: {called.text}"
    passed, definite = status == probe.status, True
    values: tuple[tuple[str, str], ...] = ()
    if probe.is_health and status == "OK":
        said = json.loads(called.text).get("status", "UNKNOWN")
        passed = definite = said == _SERVING
    if passed:
        complaint = json_complaint(probe.json, called.text)
        try:
            values = () if complaint else captured(probe.captures, called.text, called.metadata)
        except MissingValueError as error:
            complaint = str(error)
        if complaint:
            passed, said = False, f"{said}, {complaint}"
    return ProbeResult(
        probe=probe,
        passed=passed,
        answer=said,
        excerpt=called.text[:EXCERPT_LIMIT],
        answered=definite,
        seconds=seconds,
        answered_with=GrpcAnswer(
            status=status, metadata=called.metadata, message=record(data), own_names=own_names
        ),
        captured=values,
    )


def _descriptor_set(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise KeyProblemError("descriptors", f"cannot read {file}: {error.strerror}") from error
    if len(content) > DESCRIPTORS_LIMIT:
        raise KeyProblemError("descriptors", f"{file} is larger than {DESCRIPTORS_LIMIT >> 20} MiB")
    if not is_descriptor_set(content):
        raise KeyProblemError(
            "descriptors",
            f"{file} is not a descriptor set",
            f"protoc --include_imports --descriptor_set_out={file.name} FILE.proto writes one",
        )
    return content
