"""What a sample's slim.yaml promises, read and asked without any of slimmer's own code.

slimmer's reader of slim.yaml and its probes are what is under test, so they cannot be the
witness: the file is read with a plain YAML parser here, requests are made with urllib and
commands with the docker client.
"""

from __future__ import annotations

import gzip
import re
import shlex
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

import yaml

from tests.apps.container import Container


@dataclass(frozen=True, kw_only=True)
class Request:
    """An HTTP request and the answer that it must get."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[int, ...]
    """Empty: 200 to 399."""
    body_pattern: str
    """Searched in what was compressed for the way, too."""
    port: int | None = None
    """None: that of the container."""
    answer_headers: dict[str, str] = field(default_factory=dict)
    """Name → a pattern that must be found in its value."""

    def problem(self, container: Container, port: int) -> str:
        """What is wrong with the answer; empty where it is the right one."""
        status, headers, body = fetch(container.url(self.port or port, self.path), self)
        if self.statuses and status not in self.statuses:
            return f"{self.name}: status {status}, not one of {self.statuses}: {body[:200]!r}"
        if not self.statuses and not 200 <= status <= 399:
            return f"{self.name}: status {status}: {body[:200]!r}"
        if not re.search(self.body_pattern, body.decode("utf-8", "replace")):
            return f"{self.name}: no {self.body_pattern!r} in {body[:200]!r}"
        for name, pattern in self.answer_headers.items():
            if not re.search(pattern, headers.get(name, "")):
                return f"{self.name}: no {pattern!r} in {name}: {headers.get(name)!r}"
        return ""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command in the container and the exit status that it must give."""

    name: str
    command: tuple[str, ...]
    exit_status: int
    output_pattern: str
    user: str = ""
    """Empty: the container's."""
    stdin: str = ""

    def problem(self, execute: Callable[..., tuple[int, str]]) -> str:
        """What is wrong with the result; empty where it is the right one.

        `execute(*command, user=…, stdin=…)` gives exit status and output.
        """
        status, output = execute(*self.command, user=self.user, stdin=self.stdin)
        if status != self.exit_status:
            return f"{self.name}: exit status {status}, not {self.exit_status}: {output[:200]}"
        if not re.search(self.output_pattern, output, flags=re.MULTILINE):
            return f"{self.name}: no {self.output_pattern!r} in {output[:200]!r}"
        return ""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer of its own."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def fetch(url: str, request: Request) -> tuple[int, Message, bytes]:
    """Status, headers and uncompressed body, whatever the status."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)
    message = urllib.request.Request(
        url, data=request.body, headers=request.headers, method=request.method
    )
    try:
        with opener.open(message, timeout=30) as answer:
            return int(answer.status), answer.headers, _body(answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, _body(error.headers, error.read())


def _body(headers: Message, body: bytes) -> bytes:
    match headers.get("Content-Encoding", ""):
        case "gzip":
            return gzip.decompress(body)
        case "deflate":
            return zlib.decompress(body)
    return body


def read_expectations(slim_yaml: Path) -> list[Request | Command]:
    """Probes and checks of a slim.yaml, in its order."""
    document = yaml.safe_load(slim_yaml.read_text())
    items = document.get("probes", []) + document.get("checks", [])
    return [expectation(item) for item in items]


def run_environment(slim_yaml: Path) -> dict[str, str]:
    """The variables that slim.yaml gives to the container."""
    document = yaml.safe_load(slim_yaml.read_text())
    return dict(document.get("run", {}).get("environment", {}))


_KEYS = {
    "http": frozenset(
        ("name", "method", "path", "port", "headers", "body", "status", "body_pattern",
         "answer_headers")
    ),
    "exec": frozenset(("name", "command", "exit_status", "output_pattern", "user", "stdin")),
}  # fmt: skip


def expectation(item: dict[str, Any]) -> Request | Command:
    """One `http:` or `exec:`, in its short or its long form."""
    ((kind, value),) = item.items()
    known = _KEYS[kind]
    if isinstance(value, dict) and set(value) - known:
        raise KeyError(f"{kind}: no witness for {', '.join(sorted(set(value) - known))}")
    for pattern in ("body_pattern", "output_pattern"):
        if isinstance(value, dict) and not isinstance(value.get(pattern, ""), str):
            raise TypeError(f"{pattern} is no string: put quotes around {value[pattern]}")
    if kind == "exec":
        fields: dict[str, Any] = (
            {"command": shlex.split(value)} if isinstance(value, str) else value
        )
        return Command(
            name=fields.get("name") or shlex.join(fields["command"]),
            command=tuple(fields["command"]),
            exit_status=fields.get("exit_status", 0),
            output_pattern=fields.get("output_pattern", ""),
            user=fields.get("user", ""),
            stdin=fields.get("stdin", ""),
        )
    fields = _short_form(value) if isinstance(value, str) else value
    status = fields.get("status", [])
    return Request(
        name=fields.get("name") or fields["path"],
        method=fields.get("method", "GET"),
        path=fields["path"],
        headers=fields.get("headers", {}),
        body=fields["body"].encode() if "body" in fields else None,
        statuses=tuple([status] if isinstance(status, int) else status),
        body_pattern=fields.get("body_pattern", ""),
        port=fields.get("port"),
        answer_headers=fields.get("answer_headers", {}),
    )


def _short_form(text: str) -> dict[str, Any]:
    """`[METHOD:]PATH [STATUS]`."""
    target, _, status = text.partition(" ")
    method, separator, path = target.partition(":")
    if not separator or not method.isalpha():
        method, path = "GET", target
    return {
        "method": method,
        "path": path,
        "status": [int(status)] if status else [],
    }
