"""Unary calls of gRPC whose messages are JSON. What they look like is known from a descriptor set,
or from the server's reflection."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from slimmer.probing.connection import authority, tls_context
from slimmer.probing.extras import require
from slimmer.probing.failures import (
    CLOSED,
    NO_HTTP2,
    NO_TLS,
    REFUSED,
    TOO_LATE,
    describe_failure,
)
from slimmer.values import HttpOrigin

NOT_READY: Final = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED"})
"""Statuses that a server has not sent itself, or only because it is not there yet."""
_SAID: Final = {
    "Connection refused": REFUSED,
    "Deadline Exceeded": TOO_LATE,
    "Failed parsing HTTP/2": NO_HTTP2,
    "Socket closed": CLOSED,
    "Connection reset": CLOSED,
}
"""What the library says of a call that nobody has answered, and what we do."""
_REFLECTION: Final = "/grpc.reflection.{}.ServerReflection/ServerReflectionInfo"
_MODULES: Final = {
    "grpc": "grpc",
    "health": "grpc_health.v1.health_pb2",
    "reflection": "grpc_reflection.v1alpha.reflection_pb2",
    "descriptors": "google.protobuf.descriptor_pb2",
    "pools": "google.protobuf.descriptor_pool",
    "json": "google.protobuf.json_format",
    "classes": "google.protobuf.message_factory",
    "messages": "google.protobuf.message",
}

Metadata = tuple[tuple[str, str], ...]


class NoAnswerError(Exception):
    """The application has not answered the call."""

    def __init__(self, why: str, *, definite: bool = True) -> None:
        super().__init__(why)
        self.definite = definite


@dataclass(frozen=True, kw_only=True)
class Called:
    """What a call was answered with."""

    status: str
    metadata: Metadata
    text: str
    """The message as JSON; where the status is not OK, what the server says of it."""


def library() -> Any:
    """The modules that gRPC needs, by the names above. Raises MissingExtraError."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # it would write each failure to stderr
    needed = {
        name: require(module, extra="grpc", what="a gRPC probe")
        for name, module in _MODULES.items()
    }
    return SimpleNamespace(**needed)


def health_descriptors() -> bytes:
    """The descriptor set of grpc.health.v1."""
    files = library().descriptors.FileDescriptorSet()
    library().health.DESCRIPTOR.CopyToProto(files.file.add())
    return bytes(files.SerializeToString())


def is_descriptor_set(content: bytes) -> bool:
    """Whether these bytes describe at least one file."""
    try:
        return bool(library().descriptors.FileDescriptorSet.FromString(content).file)
    except library().messages.DecodeError:
        return False


def call(
    address: tuple[str, int],
    origin: HttpOrigin,
    path: str,
    message: str,
    *,
    metadata: Metadata,
    descriptors: bytes,
    deadline: float,
) -> Called:
    """Call `/SERVICE/METHOD` with a JSON object until `deadline` (time.monotonic). Without
    descriptors the server is asked for them. Raises NoAnswerError."""
    with _channel(address, origin, deadline - time.monotonic()) as channel:
        calling = _Calling(channel, metadata, deadline)
        service, _, name = path[1:].partition("/")
        files = (
            library().descriptors.FileDescriptorSet.FromString(descriptors).file
            if descriptors
            else calling.reflected(service)
        )
        return calling.unary(path, message, *_method(files, service, name))


def _method(files: Sequence[Any], service: str, name: str) -> tuple[Any, Any]:
    """(the pool of all these files, the descriptor of the method)."""
    pool = library().pools.DescriptorPool()
    known = {file.name: file for file in files}
    for file in known:
        _add(pool, known, file)
    try:
        methods = pool.FindServiceByName(service).methods_by_name
    except KeyError:
        raise NoAnswerError(f"the descriptor set has no service {service}") from None
    if name not in methods:
        raise NoAnswerError(f"{service} has no method {name}; it has {', '.join(sorted(methods))}")
    method = methods[name]
    if method.client_streaming or method.server_streaming:
        raise NoAnswerError(f"{service}/{name} is a stream, not one call")
    return pool, method


def _add(pool: Any, files: Mapping[str, Any], name: str) -> None:
    """Into the pool, behind what it depends on."""
    with contextlib.suppress(KeyError):
        pool.FindFileByName(name)
        return
    if (file := files.get(name)) is None:  # protobuf's own, which descriptor sets may leave out
        file = library().descriptors.FileDescriptorProto()
        try:
            library().pools.Default().FindFileByName(name).CopyToProto(file)
        except KeyError:
            raise NoAnswerError(
                f"the descriptor set has no {name}: protoc adds it with --include_imports"
            ) from None
    for other in file.dependency:
        _add(pool, files, other)
    pool.Add(file)


class _Calling:
    """Calls over an open channel."""

    def __init__(self, channel: Any, metadata: Metadata, deadline: float) -> None:
        self._channel, self._deadline = channel, deadline
        self._metadata = tuple((name.lower(), value) for name, value in metadata)

    def unary(self, path: str, message: str, pool: Any, method: Any) -> Called:
        json, new = library().json, library().classes.GetMessageClass
        try:
            request = json.Parse(message, new(method.input_type)(), descriptor_pool=pool)
        except json.ParseError as error:
            said = f"the message is not a {method.input_type.full_name}: {error}"
            raise NoAnswerError(said) from error
        send = self._channel.unary_unary(
            path,
            request_serializer=type(request).SerializeToString,
            response_deserializer=new(method.output_type).FromString,
        )
        try:
            response, ended = send.with_call(request, **self._limits())
        except library().grpc.RpcError as error:
            if error.code().name in NOT_READY:
                raise _failure(error) from error
            return Called(
                status=error.code().name, metadata=_texts(error), text=error.details() or ""
            )
        text = json.MessageToJson(response, indent=None, sort_keys=True, descriptor_pool=pool)
        return Called(status="OK", metadata=_texts(ended), text=text)

    def reflected(self, service: str) -> Sequence[Any]:
        """The file of a service and all that it depends on, as the server describes them."""
        for version in ("v1", "v1alpha"):
            ask = functools.partial(self._ask, _REFLECTION.format(version))
            try:
                return _with_dependencies(ask, service)
            except library().grpc.RpcError as error:
                if error.code().name != "UNIMPLEMENTED":
                    raise _failure(error) from error
        raise NoAnswerError(
            "the server has no reflection: a step's `descriptors:` can name a descriptor set"
        )

    def _ask(self, path: str, **question: str) -> Any:
        messages = library().reflection
        ask = self._channel.stream_stream(
            path,
            request_serializer=messages.ServerReflectionRequest.SerializeToString,
            response_deserializer=messages.ServerReflectionResponse.FromString,
        )
        asked = messages.ServerReflectionRequest(**question)
        return next(ask(iter((asked,)), **self._limits()))

    def _limits(self) -> dict[str, Any]:
        left = max(0.01, self._deadline - time.monotonic())
        return {"timeout": left, "metadata": self._metadata}


def _with_dependencies(ask: Callable[..., Any], service: str) -> Sequence[Any]:
    found: dict[str, Any] = {}
    answer = ask(file_containing_symbol=service)
    if answer.HasField("error_response"):
        listed = ask(list_services="").list_services_response.service
        names = ", ".join(sorted(each.name for each in listed))
        raise NoAnswerError(f"the server has no service {service}; it has {names}")
    while True:
        for data in answer.file_descriptor_response.file_descriptor_proto:
            file = library().descriptors.FileDescriptorProto.FromString(data)
            found[file.name] = file
        needed = (name for file in found.values() for name in file.dependency)
        missing = next((name for name in needed if name not in found), "")
        if not missing:
            return tuple(found.values())
        answer = ask(file_by_filename=missing)
        if answer.HasField("error_response"):
            raise NoAnswerError(f"the server's reflection does not know {missing}")


def _failure(error: Any) -> NoAnswerError:
    """Why a call did not get to the application, in a few words."""
    details = error.details() or ""
    if found := re.search(r"CERTIFICATE_VERIFY_FAILED: (.+?)(: OK)?$", details):
        return NoAnswerError(f"its certificate is not trusted: {found[1]}")
    if "Hostname Verification" in details or "not in peer certificate" in details:
        return NoAnswerError("its certificate is not trusted: it is for another name")
    if "WRONG_VERSION_NUMBER" in details:
        return NoAnswerError(NO_TLS)
    for words, why in _SAID.items():
        if words in details:
            return NoAnswerError(why, definite=False)
    # What is in front names the address, which is no news.
    cause = re.split(r"ipv[46]:\S+?:\d+: ", details)[-1]
    return NoAnswerError(f"{error.code().name}: {cause}", definite=False)


def _texts(ended: Any) -> Metadata:
    """The metadata of an answer but what is binary."""
    pairs = (*(ended.initial_metadata() or ()), *(ended.trailing_metadata() or ()))
    return tuple((name, value) for name, value in pairs if isinstance(value, str))


@contextlib.contextmanager
def _channel(address: tuple[str, int], origin: HttpOrigin, seconds: float) -> Iterator[Any]:
    grpc = library().grpc
    host, port = address
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options: list[tuple[str, Any]] = [
        ("grpc.default_authority", authority(origin)),
        ("grpc.enable_http_proxy", 0),
        # Else an attempt waits for as long as a failed one before it has made up.
        ("grpc.use_local_subchannel_pool", 1),
    ]
    if origin.tls:
        trusted, name = _trusted(address, origin, seconds)
        options.append(("grpc.ssl_target_name_override", name))
        opened = grpc.secure_channel(place, grpc.ssl_channel_credentials(trusted), options)
    else:
        opened = grpc.insecure_channel(place, options)
    with opened:
        yield opened


def _trusted(
    address: tuple[str, int], origin: HttpOrigin, seconds: float
) -> tuple[bytes | None, str]:
    """(the certificates to trust, PEM; the name that the server's must be for). gRPC always looks
    at certificates: where any will do, the server's own is the one to trust."""
    if not origin.insecure:
        file = ssl.get_default_verify_paths().cafile
        return Path(file).read_bytes() if file else None, origin.host
    try:
        with _handshake(tls_context(True), address, origin, seconds) as connection:
            pem = ssl.DER_cert_to_PEM_cert(connection.getpeercert(True) or b"")
        context = ssl.create_default_context(cadata=pem)
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        with _handshake(context, address, origin, seconds) as connection:
            named: Any = connection.getpeercert()
    except OSError as error:
        raise NoAnswerError(describe_failure(error), definite=False) from error
    names = [value for _, value in named.get("subjectAltName", ())]
    return pem.encode(), (names[0] if names else origin.host).replace("*", "any")


def _handshake(
    context: ssl.SSLContext, address: tuple[str, int], origin: HttpOrigin, seconds: float
) -> ssl.SSLSocket:
    plain = socket.create_connection(address, timeout=seconds)
    try:
        return context.wrap_socket(plain, server_hostname=origin.host)
    except BaseException:
        plain.close()
        raise
