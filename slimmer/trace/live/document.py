"""What is known of a live trace, as a value and as the JSON document in its folder."""

from __future__ import annotations

from dataclasses import dataclass

from slimmer.codec import Mismatch, parse
from slimmer.errors import TraceFileError
from slimmer.trace.saved import PROBES
from slimmer.values import Probe


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where one port of the container can be reached from this machine."""

    port: int
    """In the container."""
    host: str
    host_port: int

    @property
    def place(self) -> str:
        """`127.0.0.1:49153`."""
        return f"{self.host}:{self.host_port}"


@dataclass(frozen=True, kw_only=True)
class End:
    """How a live trace ended."""

    exit_status: int | None
    """Of the container's command where it ended by itself."""
    error: str = ""
    """Why the trace is incomplete; empty where it is complete."""
    logs: str = ""
    """The container's last lines."""


@dataclass(frozen=True, kw_only=True)
class LiveTrace:
    """A traced container that is ready for use, or was."""

    name: str
    owner: str
    """The daemon that keeps it, as `engine.owner` tells."""
    session: str
    image: str
    """As the user named it."""
    image_id: str
    container: str
    """The container's name."""
    started: str
    """RFC 3339, UTC."""
    addresses: tuple[Address, ...]
    """Of every TCP port that the container listened on when it was ready, or that was published;
    the port of probes first."""
    port: int | None
    """The port that probes without one speak to."""
    ready_seconds: float
    stop_timeout: float
    is_service: bool
    """Whether it listens or has passed a probe: its command is not expected to end by itself."""
    probes: tuple[Probe, ...]
    """Those by which it was seen to be ready."""
    notes: tuple[str, ...]
    """Sentences for the user."""
    end: End | None = None
    """None while it goes on."""

    def url(self, address: Address) -> str:
        """`http://127.0.0.1:49153`, or https where a probe has asked so."""
        schemes = {
            probe.url_scheme
            for probe in self.probes
            if probe.url_scheme and (probe.port or self.port) == address.port
        }
        return f"{'https' if 'https' in schemes else 'http'}://{address.place}"


def to_json(live: LiveTrace) -> str:
    """The document, without a newline at its end."""
    return PROBES.encode(live)


def from_json(text: str | bytes) -> LiveTrace:
    """The value that `to_json` wrote. Raises TraceFileError for anything else."""
    try:
        values = parse(text)
        if isinstance(values, dict) and isinstance(values.get("probes"), list):
            # Slimmer 0.1.0 wrote each probe as a text.
            values["probes"] = [
                parse(each) if isinstance(each, str) else each for each in values["probes"]
            ]
        live: LiveTrace = PROBES.read(LiveTrace, values)
    except Mismatch as error:
        raise TraceFileError(
            "what slimmer wrote down of this live trace cannot be read",
            hint="stop it with the slimmer that started it",
            details=str(error),
        ) from error
    return live
