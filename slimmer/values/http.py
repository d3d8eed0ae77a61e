"""Requests and answers of HTTP, as single requests, replays and explorations share them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slimmer.values.answers import Answer, Fact, Headers, Part, Recorded, Text


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpRequest:
    """One request that was sent to the original, and what kind of answer it got."""

    method: str = "GET"
    path: str = "/"
    """The request target as it is sent: absolute path and query, percent-encoded."""
    headers: tuple[tuple[str, str], ...] = ()
    """Without Host, which is the origin's."""
    body: bytes = b""
    status: int = 0
    """Of the original's answer; 0 where it is not known: any of 200 to 399 passes."""
    content_type: str = ""
    """The media type of the original's answer, lower case, without parameters; empty where it
    named none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpOrigin:
    """Where requests go, and by what name the application is called there. The connection goes to
    the target's own address, whatever the name."""

    host: str = "localhost"
    """What the Host header, TLS's server name and links say, lower case."""
    port: int | None = None
    """The container's port; None: the run's."""
    named_port: int | None = None
    """The port in the Host header; None: the scheme's own, which is left out there."""
    tls: bool = False
    insecure: bool = False
    """Whether any certificate is taken."""


@dataclass(frozen=True, kw_only=True)
class HttpAnswer(Answer):
    """What a server answered, before anybody judged it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    """In order of arrival, names as they were sent."""
    body: Recorded

    def parts(self) -> Iterator[Part]:
        yield Fact(name="status", text=str(self.status))
        yield Headers(values=self.headers)
        encoding = [value for name, value in self.headers if name.lower() == "content-encoding"]
        yield Text(name="body", recorded=self.body, encoding="".join(encoding[:1]).strip().lower())
