"""What a sample's slim.yaml promises, read and asked without any of slimmer's own code.

slimmer's reader of slim.yaml and its probes are what is under test, so they cannot be the
witness: the file is read with a plain YAML parser here, requests are made with urllib and
commands with the docker client.
"""

from __future__ import annotations

import re
import shlex
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
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

    def problem(self, container: Container, port: int) -> str:
        """What is wrong with the answer; empty where it is the right one."""
        status, body = fetch(container.url(port, self.path), self)
        if self.statuses and status not in self.statuses:
            return f"{self.name}: status {status}, not one of {self.statuses}: {body[:200]!r}"
        if not self.statuses and not 200 <= status <= 399:
            return f"{self.name}: status {status}: {body[:200]!r}"
        if not re.search(self.body_pattern, body.decode("utf-8", "replace")):
            return f"{self.name}: no {self.body_pattern!r} in {body[:200]!r}"
        return ""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command in the container and the exit status that it must give."""

    name: str
    command: tuple[str, ...]
    exit_status: int
    output_pattern: str

    def problem(self, execute: Callable[..., tuple[int, str]]) -> str:
        """What is wrong with the result; empty where it is the right one.

        `execute(*command)` gives exit status and output.
        """
        status, output = execute(*self.command)
        if status != self.exit_status:
            return f"{self.name}: exit status {status}, not {self.exit_status}: {output[:200]}"
        if not re.search(self.output_pattern, output, flags=re.MULTILINE):
            return f"{self.name}: no {self.output_pattern!r} in {output[:200]!r}"
        return ""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer of its own."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def fetch(url: str, request: Request) -> tuple[int, bytes]:
    """Status and body, whatever the status."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)
    message = urllib.request.Request(
        url, data=request.body, headers=request.headers, method=request.method
    )
    try:
        with opener.open(message, timeout=30) as answer:
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def read_expectations(slim_yaml: Path) -> list[Request | Command]:
    """Probes and checks of a slim.yaml, in its order."""
    document = yaml.safe_load(slim_yaml.read_text())
    items = document.get("probes", []) + document.get("checks", [])
    return [_expectation(item) for item in items]


def run_environment(slim_yaml: Path) -> dict[str, str]:
    """The variables that slim.yaml gives to the container."""
    document = yaml.safe_load(slim_yaml.read_text())
    return dict(document.get("run", {}).get("environment", {}))


def _expectation(item: dict[str, Any]) -> Request | Command:
    ((kind, value),) = item.items()
    if kind == "exec":
        fields: dict[str, Any] = (
            {"command": shlex.split(value)} if isinstance(value, str) else value
        )
        return Command(
            name=fields.get("name") or shlex.join(fields["command"]),
            command=tuple(fields["command"]),
            exit_status=fields.get("exit_status", 0),
            output_pattern=fields.get("output_pattern", ""),
        )
    assert kind == "http", f"a witness for {kind} is missing"
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
