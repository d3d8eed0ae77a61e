"""What exercises a running application: one value for each kind of step, alone or in a plan."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Capture:
    """A value that is taken from an answer, for later steps of the plan."""

    name: str
    """`${name}` stands for it."""
    source: str
    """`json`: a path in the JSON of the answer; `header`: a header's name; `pattern`: a regular
    expression that is looked for in the answer, its first group or all of it."""
    expression: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """What all kinds have."""

    kind: ClassVar[str]
    """The word for the kind in reports and traces."""
    name: str
    """Unique within a run; names the phase of a step that stands alone."""
    plan: str = ""
    """The plan that it is a step of: steps of a plan share cookies, captured values and their
    place in the log. Empty: it stands alone."""
    phase: str = ""
    """The phase of the plan; empty: one of its own, called by its name."""
    beside: int = 0
    """Steps that follow each other in a plan with the same number run side by side; 0: alone."""
    repeat: int = 1
    """How many times it is sent; it passes where each of them passes."""
    within: float = 0.0
    """Seconds for which it is repeated until it passes; 0: it must pass at once."""
    timeout: float = 0.0
    """Seconds that one attempt may take; 0: the run's probe timeout."""
    optional: bool = False
    """Whether an original that fails it is no failure; then it is not asked of finished images."""
    compare: bool = True
    """Whether an answer is held against the original's."""
    captures: tuple[Capture, ...] = ()

    @property
    def request(self) -> str:
        """What is asked of the application, on one line for people."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file in a form."""

    field: str
    filename: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class JsonExpectation:
    """What a place in the JSON of an answer must have."""

    path: str
    """`$.items[0].name`."""
    value: str
    """Canonical JSON, or a regular expression for the value's text."""
    is_pattern: bool = False


@dataclass(frozen=True, kw_only=True)
class HttpProbe(Step):
    """One HTTP request and the answer that it must get."""

    kind = "http"
    method: str = "GET"
    path: str = "/"
    port: int | None = None
    """Port inside the container; None: the run's port."""
    host: str = "localhost"
    """What the application is called: as HttpOrigin.host."""
    tls: bool = False
    insecure: bool = False
    """Whether any certificate is taken."""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    form: tuple[tuple[str, str], ...] = ()
    """Fields of a form, which is the body then."""
    files: tuple[Upload, ...] = ()
    """Files of a form; with them it is sent as multipart/form-data."""
    statuses: frozenset[int] = frozenset()
    """Accepted status codes; empty: any of 200 to 399."""
    answer_headers: tuple[tuple[str, str], ...] = ()
    """(name, regular expression that must be found in the header's value)."""
    body_pattern: str = ""
    """A regular expression that must be found in the answer's body; empty: any body."""
    json: tuple[JsonExpectation, ...] = ()

    @property
    def request(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, kw_only=True)
class CommandProbe(Step):
    """One command in the container and the exit status that it must give."""

    kind = "command"
    command: tuple[str, ...]
    """The argument vector; no shell is involved."""
    exit_status: int = 0
    output_pattern: str = ""
    """A regular expression that must be found in stdout or stderr; empty: any output."""
    user: str = ""
    """As in `docker exec --user`; empty: the container's own user."""
    stdin: bytes = b""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables beside the container's own. One with an empty value is not set: so a value that
    a plan need not have, like a password, can be handed on."""

    @property
    def request(self) -> str:
        return shlex.join(self.command)


@dataclass(frozen=True, kw_only=True)
class HostProbe(Step):
    """One command on this machine that exercises the target, whose address it has in its
    environment."""

    kind = "host"
    command: tuple[str, ...]
    folder: str = "."
    """Where it runs, relative to the folder in which slimmer runs."""
    port: int | None = None
    """The port in the container whose address it is given; None: the run's port."""
    tls: bool = False
    """Whether the URL that it is given says https."""
    exit_status: int = 0
    output_pattern: str = ""
    """In stdout and stderr together."""
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def request(self) -> str:
        return shlex.join(self.command)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Something that is sent, and what must come then."""

    send: bytes = b""
    expect_pattern: str = ""
    """A regular expression that must be found in what comes behind the last exchange."""
    expect: bytes = b""
    """Bytes that must come, in place of a pattern."""


@dataclass(frozen=True, kw_only=True)
class TcpProbe(Step):
    """One TCP connection and what is said over it."""

    kind = "tcp"
    port: int | None = None
    tls: bool = False
    """Whether all of it is said within TLS."""
    insecure: bool = False
    """Whether any certificate is taken."""
    exchanges: tuple[Exchange, ...] = ()
    """None: that somebody accepts is enough."""

    @property
    def request(self) -> str:
        said = [exchange.send for exchange in self.exchanges if exchange.send]
        first = said[0][:40].decode("utf-8", "replace").strip() if said else "connect"
        return f"{first} …" if len(said) > 1 else first


@dataclass(frozen=True, kw_only=True)
class LogProbe(Step):
    """A line that the container must write, behind the one that the plan has found last."""

    kind = "log"
    pattern: str

    @property
    def request(self) -> str:
        return self.pattern


@dataclass(frozen=True, kw_only=True)
class SignalProbe(Step):
    """A signal for the container's first process."""

    kind = "signal"
    signal: str
    """`SIGHUP`, …"""

    @property
    def request(self) -> str:
        return self.signal


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
class ReplayProbe(Step):
    """Requests that were found out on the original, to be answered with the same statuses and
    media types again."""

    kind = "replay"
    origin: HttpOrigin = HttpOrigin()
    requests: tuple[HttpRequest, ...] = ()
    connections: int = 1
    """How many requests are under way at a time; with one, they come in this order."""
    content: bool = True
    """Whether headers and bodies are recorded, to be held against the original's."""

    @property
    def port(self) -> int | None:
        """Port inside the container; None: the run's port."""
        return self.origin.port

    @property
    def request(self) -> str:
        return f"{len(self.requests):,} request{'' if len(self.requests) == 1 else 's'}"


Probe = HttpProbe | CommandProbe | HostProbe | TcpProbe | LogProbe | SignalProbe | ReplayProbe
NetworkProbe = HttpProbe | HostProbe | TcpProbe | ReplayProbe
"""Those that need a port of the target; isinstance takes it."""
