"""Steps as slim.yaml and plans write them: `http:`, `exec:`, `host:`, `tcp:`, `log:`, `signal:`.

docs/plans.md describes the keys; plan.schema.json beside this file says the same for machines.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shlex
import signal
from collections.abc import Callable
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
from slimmer.probing import METHODS, command_probe, http_probe, json_path_steps, read_origin
from slimmer.values import (
    Capture,
    CommandProbe,
    Exchange,
    HostProbe,
    HttpOrigin,
    HttpProbe,
    JsonExpectation,
    LogProbe,
    Probe,
    SignalProbe,
    Step,
    TcpProbe,
    Upload,
)

UPLOAD_LIMIT: Final = 8 * 1024 * 1024
"""Bytes of a file that a step uploads: it travels with the trace."""
_CAPTURE_SOURCES: Final = ("json", "header", "pattern")
_ANSWERS: Final = {
    "http": _CAPTURE_SOURCES,
    "exec": ("json", "pattern"),
    "host": ("json", "pattern"),
    "tcp": ("pattern",),
    "log": ("pattern",),
}
"""What values can be taken from, by kind of step."""
_REPEATABLE: Final = ("http", "exec", "host", "tcp")


def read_step(item: Section, key: str, *, folder: Path, in_plan: bool = False) -> Probe:
    """One step, `key` being where it stands. Files that it names are relative to `folder`. Only in
    a plan are there later steps that captured values are for."""
    kinds = [kind for kind in _READERS if item.has(kind)]
    for kind in _READERS:
        if kind not in kinds:
            item.take(kind)
    if len(kinds) != 1:
        for kind in kinds:
            item.take(kind)
        item.finish()
        raise item.document.error(
            key, "expected one of " + ", ".join(f"`{kind}:`" for kind in _READERS)
        )
    (kind,) = kinds
    value = item.take(kind)
    item.finish()
    if isinstance(value, str) and kind in _SHORT:
        try:
            return _SHORT[kind](value, folder)
        except (UsageError, re.error) as error:
            message = error.message if isinstance(error, UsageError) else f"{value}: {error}"
            raise item.error(kind, message, getattr(error, "hint", "")) from error
    section = Section(item.document, item.path_of(kind), value)
    common = _common(section, kind, in_plan=in_plan)
    step = _READERS[kind](section, folder)
    section.finish()
    return dataclasses.replace(step, **common)


def _common(section: Section, kind: str, *, in_plan: bool) -> dict[str, Any]:
    """Fields that all kinds may have, those that are given."""
    fields: dict[str, Any] = {}
    if name := section.scalar("name", str, ""):
        fields["name"] = name
    if kind == "signal":
        return fields
    for key in ("within", "timeout"):
        if section.has(key):
            fields[key] = read_seconds(section, key, 0.0)
        section.take(key)
    if kind in _REPEATABLE:
        fields["repeat"] = read_count(section, "repeat", Step.repeat)
    fields["optional"] = section.scalar("optional", bool, False)
    fields["compare"] = section.scalar("compare", bool, True)
    fields["captures"] = _captures(section, kind)
    if fields["captures"] and not in_plan:
        raise section.error(
            "capture",
            "no later step could use it",
            "values are for the later steps of a plan, see docs/plans.md",
        )
    return fields


def _captures(section: Section, kind: str) -> tuple[Capture, ...]:
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
        given = [source for source in _ANSWERS[kind] if inner.has(source)]
        if len(given) != 1:
            for source in _ANSWERS[kind]:
                inner.take(source)
            inner.finish()
            raise captures.error(name, f"expected one of {', '.join(_ANSWERS[kind])}")
        (source,) = given
        expression = inner.scalar(source, str, "")
        inner.finish()
        if source == "pattern":
            check_pattern(inner, source, expression)
        elif source == "json":
            _check_path(inner, source, expression)
        found.append(Capture(name=name, source=source, expression=expression))
    return tuple(found)


def _http(section: Section, folder: Path) -> HttpProbe:
    method = section.scalar("method", str, "").upper()
    origin, path, place = _place(section)
    headers = section.mapping_of_texts("headers")
    bodies = [key for key in ("body", "body_json") if section.has(key)]
    has_form = section.has("form") or section.has("files")
    if len(bodies) + has_form > 1:
        raise section.error(bodies[-1], "a request has one body: body, body_json, or a form")
    body = section.scalar("body", str, "").encode()
    if section.has("body_json"):
        body = json.dumps(section.take("body_json"), ensure_ascii=False).encode()
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers = (*headers, ("Content-Type", "application/json"))
    section.take("body_json")
    files = section.each("files", lambda inner, _: _upload(inner, folder))
    method = method or ("POST" if bodies or has_form else "GET")
    if method not in METHODS:
        raise section.error("method", f"{method} is not one of {', '.join(METHODS)}")
    return HttpProbe(
        name=f"{method} {place}",
        method=method,
        path=path,
        port=origin.port,
        host=origin.host,
        tls=origin.tls,
        insecure=section.scalar("insecure", bool, False),
        headers=headers,
        body=body,
        form=section.mapping_of_texts("form"),
        files=files,
        statuses=_statuses(section),
        answer_headers=_header_patterns(section),
        body_pattern=read_pattern(section, "body_pattern"),
        json=_json(section),
    )


def _place(section: Section) -> tuple[HttpOrigin, str, str]:
    """(where the request goes, its path, and both as they are written)."""
    said_twice = [key for key in ("path", "port") if section.has(key) and section.has("url")]
    if said_twice:
        raise section.error(said_twice[0], "the URL says it already")
    url = section.scalar("url", str, "")
    path = section.scalar("path", str, "/")
    port = read_port(section)
    if not url:
        if not path.startswith("/") or re.search(r"\s", path):
            problem = f"`{path}` is not a path (it starts with / and has no space)"
            raise section.error("path", problem)
        return HttpOrigin(port=port), path, path
    try:
        origin, path = read_origin(url)
    except UsageError as error:
        raise section.error("url", error.message, error.hint) from error
    return origin, path, url


def _upload(section: Section, folder: Path) -> Upload:
    field = section.scalar("field", str, "")
    if not field:
        raise section.error("field", "expected the name of the form's field")
    file = section.scalar("file", str, "")
    if bool(file) == section.has("content"):
        raise section.error("file", "expected either `file:` or `content:`")
    content = section.scalar("content", str, "").encode()
    if file:
        content = _content_of(section, folder / file)
    upload = Upload(
        field=field,
        filename=section.scalar("filename", str, "") or (os.path.basename(file) or field),
        content=content,
        content_type=section.scalar("content_type", str, "") or Upload.content_type,
    )
    section.finish()
    return upload


def _content_of(section: Section, file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(UPLOAD_LIMIT + 1)
    except OSError as error:
        raise section.error("file", f"cannot read {file}: {error.strerror}") from error
    if len(content) > UPLOAD_LIMIT:
        raise section.error("file", f"{file} is larger than {UPLOAD_LIMIT >> 20} MiB")
    return content


def _command(section: Section, _: Path) -> CommandProbe:
    command = _required_command(section)
    return CommandProbe(
        name="exec " + shlex.join(command),
        command=command,
        exit_status=section.scalar("exit_status", int, 0),
        output_pattern=read_pattern(section, "output_pattern"),
        user=read_user(section),
        stdin=section.scalar("stdin", str, "").encode(),
        environment=section.mapping_of_texts("environment"),
    )


def _host(section: Section, folder: Path) -> HostProbe:
    command = _required_command(section)
    return HostProbe(
        name="host " + shlex.join(command),
        command=command,
        folder=str(folder),
        port=read_port(section),
        tls=section.scalar("tls", bool, False),
        exit_status=section.scalar("exit_status", int, 0),
        output_pattern=read_pattern(section, "output_pattern"),
        environment=section.mapping_of_texts("environment"),
    )


def _required_command(section: Section) -> tuple[str, ...]:
    command = read_words(section, "command")
    if not command:
        raise section.error("command", "expected a command")
    return command


def _tcp(section: Section, _: Path) -> TcpProbe:
    port = read_port(section)
    exchanges = section.each("exchange", lambda inner, _: _exchange(inner))
    if any(section.has(key) for key in _EXCHANGE_KEYS):
        if exchanges:
            raise section.error("exchange", "it already says what is sent and expected")
        exchanges = (_exchange_of(section),)
    for key in _EXCHANGE_KEYS:
        section.take(key)
    return TcpProbe(
        name=f"tcp {port}" if port else "tcp",
        port=port,
        tls=section.scalar("tls", bool, False),
        insecure=section.scalar("insecure", bool, False),
        exchanges=exchanges,
    )


_EXCHANGE_KEYS: Final = ("send", "send_hex", "expect", "expect_hex")


def _exchange(section: Section) -> Exchange:
    exchange = _exchange_of(section)
    section.finish()
    return exchange


def _exchange_of(section: Section) -> Exchange:
    for text, digits in (("send", "send_hex"), ("expect", "expect_hex")):
        if section.has(text) and section.has(digits):
            raise section.error(digits, f"either `{text}:` or `{digits}:`")
    return Exchange(
        send=section.scalar("send", str, "").encode() or _hex(section, "send_hex"),
        expect_pattern=read_pattern(section, "expect"),
        expect=_hex(section, "expect_hex"),
    )


def _hex(section: Section, name: str) -> bytes:
    text = section.scalar(name, str, "")
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise section.error(name, f"`{text}` is not bytes in hex, like `0d 0a`") from None


def _log(section: Section, _: Path) -> LogProbe:
    pattern = read_pattern(section, "line")
    if not pattern:
        raise section.error("line", "expected a regular expression")
    return LogProbe(name=f"log {pattern}", pattern=pattern)


def _signal(section: Section, _: Path) -> SignalProbe:
    return _signal_named(section.scalar("signal", str, ""), section.error)


def _signal_named(text: str, error: Callable[[str, str], Exception]) -> SignalProbe:
    name = "SIG" + text.upper().removeprefix("SIG")
    if name not in signal.Signals.__members__:
        raise error("signal", f"`{text}` is not a signal (HUP, USR1, TERM, …)")
    return SignalProbe(name=f"signal {name.removeprefix('SIG')}", signal=name)


def _statuses(section: Section) -> frozenset[int]:
    value = section.take("status")
    items: list[Any] = value if isinstance(value, list) else [] if value is None else [value]
    for item in items:
        if not isinstance(item, int) or isinstance(item, bool) or not 100 <= item <= 599:
            raise section.error("status", f"`{item}` is not an HTTP status (100 to 599)")
    return frozenset(items)


def _header_patterns(section: Section) -> tuple[tuple[str, str], ...]:
    expected = section.mapping_of_texts("answer_headers")
    for name, pattern in expected:
        check_pattern(section, f"answer_headers.{name}", pattern)
    return expected


def _json(section: Section) -> tuple[JsonExpectation, ...]:
    """`json: {PATH: VALUE}`, or `{PATH: {pattern: EXPRESSION}}`."""
    expected = section.section("json")
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


def _short_log(text: str, _: Path) -> LogProbe:
    re.compile(text)
    return LogProbe(name=f"log {text}", pattern=text)


def _short_signal(text: str, _: Path) -> SignalProbe:
    return _signal_named(text, lambda _, problem: UsageError(problem))


def _short_host(text: str, folder: Path) -> HostProbe:
    probe = command_probe(text)
    return HostProbe(name=f"host {text.strip()}", command=probe.command, folder=str(folder))


_SHORT: Final[dict[str, Callable[[str, Path], Probe]]] = {
    "http": lambda text, _: http_probe(text),
    "exec": lambda text, _: command_probe(text),
    "host": _short_host,
    "log": _short_log,
    "signal": _short_signal,
}
_READERS: Final[dict[str, Callable[[Section, Path], Probe]]] = {
    "http": _http,
    "exec": _command,
    "host": _host,
    "tcp": _tcp,
    "log": _log,
    "signal": _signal,
}
