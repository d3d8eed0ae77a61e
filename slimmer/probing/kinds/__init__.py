"""The kinds of probes: one file for each, behind interface.py, and one line in KINDS."""

from __future__ import annotations

from typing import Any, Final

from slimmer.probing.keys import Given, Items, Key, KeyProblemError, Keys, Shape
from slimmer.probing.kinds.exec import Exec, ExecAnswer, ExecProbe, exec_probe
from slimmer.probing.kinds.grpc import Grpc, GrpcProbe, grpc_probe
from slimmer.probing.kinds.host import Host, HostProbe
from slimmer.probing.kinds.http import METHODS, Http, HttpProbe, http_probe
from slimmer.probing.kinds.interface import Attempt, Kind, NetworkProbe
from slimmer.probing.kinds.log import Log, LogProbe
from slimmer.probing.kinds.replay import Recording, Replay, ReplayAnswer, ReplayProbe, recorded
from slimmer.probing.kinds.signal import Signal, SignalProbe
from slimmer.probing.kinds.tcp import Exchange, Tcp, TcpAnswer, TcpProbe
from slimmer.probing.kinds.websocket import WebSocket, WebSocketProbe, websocket_probe
from slimmer.values import Probe

KINDS: Final[tuple[Kind[Any], ...]] = (
    Http(),
    Grpc(),
    WebSocket(),
    Exec(),
    Host(),
    Tcp(),
    Log(),
    Signal(),
    Replay(),
)
"""In the order in which errors and the schema name them."""
_BY_NAME: Final = {kind.name: kind for kind in KINDS}


def kind_of(probe: Probe) -> Kind[Any]:
    """The kind that a probe is of."""
    return _BY_NAME[probe.kind]


__all__ = [
    "KINDS",
    "METHODS",
    "Attempt",
    "Exchange",
    "ExecAnswer",
    "ExecProbe",
    "Given",
    "GrpcProbe",
    "HostProbe",
    "HttpProbe",
    "Items",
    "Key",
    "KeyProblemError",
    "Keys",
    "Kind",
    "LogProbe",
    "NetworkProbe",
    "Recording",
    "ReplayAnswer",
    "ReplayProbe",
    "Shape",
    "SignalProbe",
    "TcpAnswer",
    "TcpProbe",
    "WebSocketProbe",
    "exec_probe",
    "grpc_probe",
    "http_probe",
    "kind_of",
    "recorded",
    "websocket_probe",
]
