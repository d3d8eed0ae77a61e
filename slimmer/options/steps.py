"""Steps as slim.yaml and plans write them: one key that is the step's kind, and below it the keys
that the kind has (probing/kinds). docs/plans.md describes them."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from slimmer.errors import UsageError
from slimmer.options.document import Section
from slimmer.options.scalars import (
    check_pattern,
    read_count,
    read_pattern,
    read_port,
    read_seconds,
    read_user,
    read_words,
)
from slimmer.probing import check_words, command_words, json_path_steps
from slimmer.probing.kinds import KINDS, Items, KeyProblemError, Keys, Kind, Shape
from slimmer.values import Capture, JsonExpectation, Probe

WRITTEN: Final[Mapping[str, Kind[Any]]] = {kind.name: kind for kind in KINDS if kind.keys}
"""The kinds that users write, by name."""


def read_step(item: Section, key: str, *, folder: Path, in_plan: bool = False) -> Probe:
    """One step, `key` being where it stands. Files that it names are relative to `folder`. Only in
    a plan are there later steps that captured values are for."""
    given = [name for name in WRITTEN if item.has(name)]
    values = {name: item.take(name) for name in WRITTEN}
    item.finish()
    if len(given) != 1:
        names = ", ".join(f"`{name}:`" for name in WRITTEN)
        raise item.document.error(key, f"expected one of {names}")
    (name,) = given
    kind, value = WRITTEN[name], values[name]
    if isinstance(value, str) and kind.shorthand:
        try:
            probe: Probe = kind.short(value, folder)
        except UsageError as error:
            raise item.error(name, error.message, error.hint) from error
        except re.error as error:
            raise item.error(name, f"{value}: {error}") from error
        return probe
    section = Section(item.document, item.path_of(name), value)
    common = _common(section, kind, in_plan=in_plan)
    assert kind.keys is not None
    step: Probe = _mapping(section, kind.keys, kind.step, folder)
    return dataclasses.replace(step, **common)


def _mapping(
    section: Section,
    keys: Keys,
    build: Callable[[Mapping[str, Any], Path], Any],
    folder: Path,
    *,
    one_of: Iterable[str] = (),
) -> Any:
    """What is built of the section's values."""
    for one, other, problem in keys.exclusive:
        if section.has(one) and section.has(other):
            raise section.error(other, problem)
    one_of = tuple(one_of)
    chosen = [name for name in one_of if section.has(name)]
    given: dict[str, Any] = {}
    for key in keys.keys:
        is_there = section.has(key.name)
        value = _value(section, key.name, key.shape, folder)
        if is_there and (value is not None or key.shape is Shape.ANYTHING):
            given[key.name] = value
        if key.missing and not given.get(key.name):
            raise section.error(key.name, key.missing)
    if one_of and len(chosen) != 1:
        names = " or ".join(f"`{name}:`" for name in one_of)
        raise section.error(one_of[0], f"expected either {names}")
    try:
        built = build(given, folder)
    except KeyProblemError as problem:
        raise section.error(problem.key, problem.problem, problem.hint) from problem
    section.finish()
    return built


def _value(section: Section, name: str, shape: Shape | Items, folder: Path) -> Any:
    if isinstance(shape, Shape):
        return _READERS[shape](section, name)
    items = shape
    return section.each(
        name,
        lambda inner, _: _mapping(inner, items.keys, items.build, folder, one_of=items.one_of),
    )


def _common(section: Section, kind: Kind[Any], *, in_plan: bool) -> dict[str, Any]:
    """Fields that all kinds may have, those that are given."""
    fields: dict[str, Any] = {}
    if name := section.scalar("name", str, ""):
        fields["name"] = name
    if kind.is_act:
        return fields
    for key in ("within", "timeout"):
        if section.has(key):
            fields[key] = read_seconds(section, key, 0.0)
        section.take(key)
    if kind.repeats:
        fields["repeat"] = read_count(section, "repeat", Probe.repeat)
    fields["optional"] = section.scalar("optional", bool, False)
    fields["compare"] = section.scalar("compare", bool, True)
    fields["captures"] = _captures(section, kind.sources)
    if fields["captures"] and not in_plan:
        raise section.error(
            "capture",
            "no later step could use it",
            "values are for the later steps of a plan, see docs/plans.md",
        )
    return fields


def _captures(section: Section, sources: Iterable[str]) -> tuple[Capture, ...]:
    """`capture: {NAME: {json: PATH}}`, or a text for a pattern."""
    captures = section.section("capture")
    if captures is None:
        return ()
    found = []
    for name in captures.names:
        if not re.fullmatch(r"[A-Za-z_][\w-]*", name):
            raise captures.error(name, "a value's name has letters, digits, _ and - only")
        value = captures.take(name)
        if isinstance(value, str):
            value = {"pattern": value}
        inner = Section(section.document, captures.path_of(name), value)
        given = [source for source in sources if inner.has(source)]
        expressions = {source: inner.scalar(source, str, "") for source in sources}
        inner.finish()
        if len(given) != 1:
            raise captures.error(name, f"expected one of {', '.join(sources)}")
        (source,) = given
        if source == "pattern":
            check_pattern(inner, source, expressions[source])
        elif source == "json":
            _check_path(inner, source, expressions[source])
        found.append(Capture(name=name, source=source, expression=expressions[source]))
    return tuple(found)


def _command(section: Section, name: str) -> tuple[str, ...] | None:
    """Neither a command line nor a list may have what only a shell understands."""
    line = section.get(name)
    words = read_words(section, name)
    try:
        if isinstance(line, str) and line:
            command_words(line)
        else:
            check_words(words or ())
    except UsageError as error:
        raise section.error(name, error.message, error.hint) from error
    return words


def _hex(section: Section, name: str) -> bytes:
    text = section.scalar(name, str, "")
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise section.error(name, f"`{text}` is not bytes in hex, like `0d 0a`") from None


def _patterns(section: Section, name: str) -> tuple[tuple[str, str], ...]:
    expected = section.mapping_of_texts(name)
    for each, pattern in expected:
        check_pattern(section, f"{name}.{each}", pattern)
    return expected


def _headers(section: Section, name: str) -> tuple[tuple[str, str], ...]:
    """A value that ends with a line break, as `|` of YAML makes it, could not be sent; it may be a
    secret, so it is not shown."""
    headers = section.mapping_of_texts(name)
    for each, value in headers:
        if not (each + value).replace("\t", " ").isprintable():
            raise section.error(
                f"{name}.{each}",
                "its value has a line break, or another character that no header has",
            )
    return headers


def _statuses(section: Section, name: str) -> frozenset[int]:
    value = section.take(name)
    items: list[Any] = value if isinstance(value, list) else [] if value is None else [value]
    for item in items:
        if not isinstance(item, int) or isinstance(item, bool) or not 100 <= item <= 599:
            raise section.error(name, f"`{item}` is not an HTTP status (100 to 599)")
    return frozenset(items)


def _places(section: Section, name: str) -> tuple[JsonExpectation, ...]:
    """`json: {PATH: VALUE}`, or `{PATH: {pattern: EXPRESSION}}`."""
    expected = section.section(name)
    if expected is None:
        return ()
    found = []
    for path in expected.names:
        _check_path(expected, path, path)
        value = expected.take(path)
        if isinstance(value, dict) and list(value) == ["pattern"]:
            inner = Section(section.document, expected.path_of(path), value)
            pattern = read_pattern(inner, "pattern")
            found.append(JsonExpectation(path=path, value=pattern, is_pattern=True))
            continue
        text = json.dumps(value, sort_keys=True, ensure_ascii=False)
        found.append(JsonExpectation(path=path, value=text))
    return tuple(found)


def _check_path(section: Section, key: str, path: str) -> None:
    try:
        json_path_steps(path)
    except ValueError as error:
        raise section.error(key, str(error)) from error


_READERS: Final[Mapping[Shape, Callable[[Section, str], Any]]] = {
    Shape.TEXT: lambda section, name: section.scalar(name, str, ""),
    Shape.BYTES: lambda section, name: section.scalar(name, str, "").encode(),
    Shape.HEX: _hex,
    Shape.WHOLE_NUMBER: lambda section, name: section.scalar(name, int, 0),
    Shape.SWITCH: lambda section, name: section.scalar(name, bool, False),
    Shape.PORT: lambda section, _: read_port(section),
    Shape.COMMAND: _command,
    Shape.USER: lambda section, _: read_user(section),
    Shape.PATTERN: read_pattern,
    Shape.TEXTS: lambda section, name: section.mapping_of_texts(name),
    Shape.HEADERS: _headers,
    Shape.PATTERNS: _patterns,
    Shape.STATUSES: _statuses,
    Shape.PLACES: _places,
    Shape.ANYTHING: lambda section, name: section.take(name),
}
