"""What a build was asked for, as its provenance tells it: settings with what is said of them, and
nothing of a secret. Values of variables are hidden whatever their names; of probes there is what
the report says as well, so no header and no body.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from slimmer.options import TABLE, BuildOptions, Option, Role
from slimmer.probing import HIDDEN, shown_url, shown_words
from slimmer.values import Probe, RunOptions

_APART: Final = frozenset({"image", "notes", "plans", "plan_values", "probes", "checks"})
"""Fields that are told otherwise, or not at all."""
_NOT_OF_THE_IMAGE: Final = frozenset({"report_directory", "sign_key", "builder_id", "provenance"})
_LONGEST: Final = 300
"""Characters of a text; a longer one (a seccomp profile) is told by its digest."""


def external_parameters(options: BuildOptions) -> dict[str, Any]:
    """What was asked for, by keys of slim.yaml. What has its default is left out."""
    told: dict[str, Any] = {"image": options.image}
    told.update(_settings(options, _rows()))
    if options.debug_from:
        told["debug_from"] = options.debug_from
    told.update(_probes(options))
    if options.roles:
        told["roles"] = {role.name: _role(role) for role in options.roles}
    return told


def run_parameters(run: RunOptions) -> dict[str, Any]:
    """The same of how a container is run, without `run.` before the keys."""
    return {
        key.removeprefix("run."): value
        for key, value in _settings(_Holder(run), _rows())
        if key.startswith("run.")
    }


class _Holder:
    """A run where BuildOptions are expected."""

    def __init__(self, run: RunOptions) -> None:
        self.run = run


def _rows() -> dict[str, Option]:
    rows: dict[str, Option] = {}
    for row in TABLE:
        if row.field and row.field not in _APART | _NOT_OF_THE_IMAGE and not row.is_foreign:
            rows.setdefault(row.field, row)
    return rows


def _settings(holder: Any, rows: Mapping[str, Option]) -> Iterator[tuple[str, Any]]:
    for field in rows:
        *parts, name = field.split(".")
        inside = holder
        for part in parts:
            inside = getattr(inside, part, None)
        if inside is None or not hasattr(inside, name):
            continue
        value = getattr(inside, name)
        if value != getattr(type(inside), name, None) and value not in ((), "", None):
            yield field, _shown(name, value)


def _role(role: Role) -> dict[str, Any]:
    return {**run_parameters(role.run), **_probes(role)}


def _probes(holder: BuildOptions | Role) -> dict[str, Any]:
    told = {}
    for name in ("probes", "checks"):
        if probes := getattr(holder, name):
            told[name] = [_probe(each) for each in probes]
    return told


def _probe(probe: Probe) -> dict[str, str]:
    told = {"name": probe.name, "kind": probe.kind, "request": shown_url(probe.request)}
    return {**told, "plan": probe.plan} if probe.plan else told


def _shown(name: str, value: Any) -> Any:
    if name == "environment":
        return {variable: HIDDEN for variable, _ in value}
    if name in ("command", "entrypoint"):
        return list(map(_short, shown_words(value)))
    return _plain(value)


def _plain(value: Any) -> Any:
    match value:
        case enum.Enum():
            return value.value
        case bool() | int() | float():
            return value
        case Path():
            return str(value)
        case str():
            return _short(shown_url(value))
        case frozenset():
            return sorted(map(_plain, value))
        case tuple():
            return [_plain(each) for each in value]
    return _short(repr(value))


def _short(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
