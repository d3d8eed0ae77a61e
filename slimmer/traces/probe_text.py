"""Probes as JSON objects on one line, as the keys of slim.yaml would say them."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

from slimmer.model import CommandProbe, HttpOrigin, HttpProbe, HttpRequest, Probe, ReplayProbe

_KINDS: dict[str, type[HttpProbe] | type[CommandProbe] | type[ReplayProbe]] = {
    "http": HttpProbe,
    "exec": CommandProbe,
    "replay": ReplayProbe,
}


def probe_text(probe: Probe) -> str:
    """`{"http":{"name":"GET /health","path":"/health"}}`: what has its default is left out.
    ASCII; bytes that are no UTF-8 become `\\udc80` to `\\udcff`."""
    (kind,) = (name for name, each in _KINDS.items() if isinstance(probe, each))
    return json.dumps({kind: _values(probe)}, sort_keys=True, separators=(",", ":"))


def read_probe(text: str) -> Probe:
    """The probe that `probe_text` wrote. Raises ValueError for anything else."""
    try:
        ((kind, values),) = json.loads(text).items()
        probe_class = _KINDS[kind]
        probe = probe_class(**_arguments(probe_class, values))
        re.compile(getattr(probe, "body_pattern", "") or getattr(probe, "output_pattern", ""))
        if probe_text(probe) != text:
            raise ValueError
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, re.error) as error:
        raise ValueError("not a probe") from error
    return probe


def _values(instance: Any) -> dict[str, Any]:
    return {
        field.name: _plain(value)
        for field in dataclasses.fields(instance)
        if (value := getattr(instance, field.name)) != field.default
    }


def _arguments(declaring: type[Any], values: Any) -> dict[str, Any]:
    """The arguments that make what `_values` said."""
    fields = {field.name: field for field in dataclasses.fields(declaring)}
    return {name: _value(str(fields[name].type), value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, HttpOrigin):
        return _values(value)
    if isinstance(value, tuple) and value and isinstance(value[0], HttpRequest):
        return [_values(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def _value(declared: str, value: Any) -> Any:
    """A JSON value as the field's declaration wants it. Raises ValueError or TypeError."""
    if declared == "HttpOrigin":
        return HttpOrigin(**_arguments(HttpOrigin, value))
    if declared == "tuple[HttpRequest, ...]":
        return tuple(HttpRequest(**_arguments(HttpRequest, item)) for item in value)
    if declared == "bool":
        if not isinstance(value, bool):
            raise TypeError
        return value
    if declared == "bytes":
        return _text(value).encode("utf-8", "surrogateescape")
    if declared.startswith("frozenset"):
        return frozenset(_number(item) for item in value)
    if declared.startswith("tuple[tuple"):
        return tuple(tuple(map(_text, item)) for item in value)
    if declared.startswith("tuple"):
        return tuple(map(_text, value))
    return _number(value) if declared.startswith("int") else _text(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value
