"""Probes as JSON objects on one line, as the keys of slim.yaml would say them."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import types
import typing
from typing import Any

from slimmer.values import (
    CommandProbe,
    HostProbe,
    HttpProbe,
    LogProbe,
    Probe,
    ReplayProbe,
    SignalProbe,
    TcpProbe,
)

_KINDS: dict[str, type[Any]] = {
    "http": HttpProbe,
    "exec": CommandProbe,
    "host": HostProbe,
    "tcp": TcpProbe,
    "log": LogProbe,
    "signal": SignalProbe,
    "replay": ReplayProbe,
}
_PATTERNS = ("body_pattern", "output_pattern", "expect_pattern", "pattern")


def probe_text(probe: Probe) -> str:
    """`{"http":{"name":"GET /health","path":"/health"}}`: what has its default is left out.
    ASCII; bytes that are no UTF-8 become `\\udc80` to `\\udcff`."""
    (kind,) = (name for name, each in _KINDS.items() if isinstance(probe, each))
    return json.dumps({kind: _plain(probe)}, sort_keys=True, separators=(",", ":"))


def read_probe(text: str) -> Probe:
    """The probe that `probe_text` wrote. Raises ValueError for anything else."""
    try:
        ((kind, values),) = json.loads(text).items()
        probe: Probe = _value(_KINDS[kind], values)
        _check_patterns(probe)
        if probe_text(probe) != text:
            raise ValueError
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, re.error) as error:
        raise ValueError("not a probe") from error
    return probe


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(inner)
            for field in dataclasses.fields(value)
            if (inner := getattr(value, field.name)) != field.default
        }
    return value


def _value(declared: Any, value: Any) -> Any:
    """A JSON value as a declared type wants it. Raises ValueError or TypeError."""
    origin, inner = typing.get_origin(declared), typing.get_args(declared)
    if dataclasses.is_dataclass(declared):
        kind = typing.cast("Any", declared)
        types_of = _field_types(kind)
        return kind(**{name: _value(types_of[name], each) for name, each in value.items()})
    if origin is types.UnionType:  # `int | None`: None is the default, which is left out
        return _value(inner[0], value)
    if origin is frozenset:
        return frozenset(_value(inner[0], item) for item in _list(value))
    if origin is tuple and inner[-1] is Ellipsis:
        return tuple(_value(inner[0], item) for item in _list(value))
    if origin is tuple:
        return tuple(_value(kind, item) for kind, item in zip(inner, _list(value), strict=True))
    if declared is bytes:
        return _checked(str, value).encode("utf-8", "surrogateescape")
    return _checked(declared, value)


@functools.cache
def _field_types(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _check_patterns(value: Any) -> None:
    for field in dataclasses.fields(value):
        inner = getattr(value, field.name)
        if field.name in _PATTERNS:
            re.compile(inner)
        elif isinstance(inner, tuple):
            for item in inner:
                if dataclasses.is_dataclass(item):
                    _check_patterns(item)


def _list(value: Any) -> list[Any]:
    return typing.cast("list[Any]", _checked(list, value))


def _checked(kind: type[Any], value: Any) -> Any:
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise TypeError
    return value
