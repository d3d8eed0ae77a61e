"""The port that probes without one speak to, as far as it is known by now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from slimmer.trace.wire.records import Listening


class DefaultPort:
    """What the user says; else the exposed port that listens, until a request shows that the
    application speaks HTTP at another one: EXPOSE lists ports by number, and 22 comes first."""

    def __init__(
        self, named: int | None, exposed: Sequence[int], listening: Callable[[], list[Listening]]
    ) -> None:
        """`named` is RunOptions.port; `listening` tells what the target listens on so far."""
        self._named = named
        self._exposed = exposed
        self._listening = listening

    def number(self) -> int | None:
        """None: nothing is exposed, and nothing listens."""
        return self._named or next(iter((*self._found(), *self._exposed, *self._open())), None)

    def others(self, asked: int | None, *, begun: bool) -> list[int]:
        """Where it may be instead of the one that was asked, which was the number at that time;
        none where somebody has said which it is. Until the target has `begun`, that may be an
        exposed port that does not listen yet: a mail server is there before the web server beside
        it."""
        if self._named:
            return []
        coming = () if begun else self._exposed
        ports = dict.fromkeys((*self._found(), *self._open(), *coming))
        return [port for port in ports if port != asked]

    def is_open(self, port: int | None) -> bool:
        """Whether the target listens there by now; None: at its own."""
        return (port or self.number()) in self._open()

    def settle(self, port: int) -> None:
        """It is this one from now on."""
        self._named = port

    def _found(self) -> Iterable[int]:
        is_open = set(self._open())
        return [port for port in self._exposed if port in is_open]

    def _open(self) -> list[int]:
        return [record.port for record in self._listening() if not record.loopback]
