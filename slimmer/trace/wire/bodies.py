"""The bodies of those records that need nothing of the records before them."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Final

from slimmer.trace.wire.records import (
    Activity,
    Adopted,
    Exiting,
    Hello,
    Listening,
    Note,
    Phase,
    Record,
    Signals,
    SystemCall,
)
from slimmer.values import Source

SOURCES: Final[Mapping[int, Source]] = {1: Source.NOTIFY, 2: Source.FANOTIFY}
AS_ENTITLED: Final = 4
CENSUS: Final = 8
LOSERS: Final[Mapping[int, str]] = {
    **{bit: source.value for bit, source in SOURCES.items()},
    CENSUS: "census",
}
"""What may have lost something."""


class Fields:
    """One record's body, read from front to back."""

    __slots__ = ("_body", "_position")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._position = 0

    def number(self, size: int) -> int:
        end = self._position + size
        if end > len(self._body):
            raise ValueError(f"a field of {size} bytes beyond the record's end")
        value = int.from_bytes(self._body[self._position : end], "little")
        self._position = end
        return value

    def bytes(self, size: int) -> bytes:
        end = self._position + size
        if end > len(self._body):
            raise ValueError(f"a text of {size} bytes beyond the record's end")
        value = self._body[self._position : end]
        self._position = end
        return value

    def text(self) -> str:
        return self.bytes(self.number(2)).decode("utf-8", "surrogateescape")

    def end(self) -> None:
        if self._position != len(self._body):
            raise ValueError(f"{len(self._body) - self._position} bytes behind the last field")


def _hello(time: int, fields: Fields) -> Hello:
    bits = fields.number(4)
    target, kernel, machine = fields.number(4), fields.text(), fields.text()
    reasons = {Source.NOTIFY: fields.text(), Source.FANOTIFY: fields.text()}
    return Hello(
        time=time,
        sources=frozenset(source for bit, source in SOURCES.items() if bits & bit),
        as_entitled=bool(bits & AS_ENTITLED),
        census=bool(bits & CENSUS),
        target=target,
        kernel=kernel,
        machine=machine,
        missing={source: reasons[source] for bit, source in SOURCES.items() if not bits & bit},
    )


def _phase(time: int, fields: Fields) -> Phase:
    return Phase(time=time, name=fields.text())


def _listening(time: int, fields: Fields) -> Listening:
    family, port, raw = fields.number(2), fields.number(2), fields.bytes(16)
    if family not in (4, 6):
        raise ValueError(f"an address of family {family}")
    address = ipaddress.IPv4Address(raw[:4]) if family == 4 else ipaddress.IPv6Address(raw)
    return Listening(time=time, address=address, port=port)


def _exiting(time: int, fields: Fields) -> Exiting:
    return Exiting(time=time, status=fields.number(4))


def _signals(time: int, fields: Fields) -> Signals:
    return Signals(
        time=time, caught=fields.number(8), blocked=fields.number(8), ignored=fields.number(8)
    )


def _adopted(time: int, fields: Fields) -> Adopted:
    return Adopted(time=time, process=fields.number(4), text=fields.text())


def _system_call(time: int, fields: Fields) -> SystemCall:
    return SystemCall(
        time=time,
        architecture=fields.number(4),
        number=fields.number(4),
        index=fields.number(4),
        argument=fields.number(4),
    )


def _activity(time: int, fields: Fields) -> Activity:
    return Activity(
        time=time,
        running=fields.number(4),
        waiting=fields.number(4),
        limited=fields.number(4),
        connected=bool(fields.number(4)),
        left=fields.number(8) / 1e9,
        used=fields.number(8) / 1e9,
    )


def _note(time: int, fields: Fields) -> Note:
    return Note(time=time, text=fields.text())


PARSERS: Final[Mapping[int, Callable[[int, Fields], Record]]] = {
    1: _hello,
    6: _phase,
    7: _listening,
    8: _exiting,
    9: _signals,
    10: _adopted,
    11: _note,
    14: _system_call,
    15: _activity,
}
"""By the record's type."""
