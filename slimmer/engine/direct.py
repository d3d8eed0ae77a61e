"""A container's streams over a socket of this machine, where the engine sees its files: what goes
through the engine is copied four times on its way, at a fifth of the speed."""

from __future__ import annotations

import contextlib
import io
import select
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from slimmer.engine.streams import Attachment

SOCKET_PATH: Final = "/.slim-requests"
"""Where the socket is in the container."""
_BUFFER: Final = 256 * 1024


class DirectStreams:
    """Reader and writer of a program that connects to the socket or, where it cannot, speaks on
    its stdout and stdin. It speaks first, and what it says first shows which of them it is."""

    def __init__(self, place: Path) -> None:
        """`place` is where the socket is made; whoever finds it may connect, so its folder is
        private."""
        self._listener = socket.socket(socket.AF_UNIX)
        self._connection: socket.socket | None = None
        self._attachment: Attachment | None = None
        self._timeout: float | None = None
        self._place = place
        try:
            self._listener.bind(str(place))
            place.chmod(0o666)  # root in the container may be nobody here
            self._listener.listen(1)
        except OSError:
            self._listener.close()
            raise

    def given_to(self, configuration: Mapping[str, Any]) -> dict[str, Any]:
        """The container with the socket, which its program is told as its last argument."""
        mount = {"Type": "bind", "Source": str(self._place), "Target": SOCKET_PATH}
        host = configuration["HostConfig"]
        return {
            **configuration,
            "Entrypoint": [*configuration["Entrypoint"], SOCKET_PATH],
            "HostConfig": {**host, "Mounts": [*host.get("Mounts", ()), mount]},
        }

    def beside(self, attachment: Attachment, timeout: float) -> None:
        """These are the streams that are used else; `timeout` in seconds limits each wait."""
        self._attachment, self._timeout = attachment, timeout

    def stdout(self) -> BinaryIO:
        """What the program says, as a buffered binary stream."""
        return io.BufferedReader(_Reader(self), buffer_size=_BUFFER)

    def stdin(self) -> BinaryIO:
        """What it is asked, once it has spoken, as an unbuffered binary stream."""
        return _Writer(self)  # type: ignore[return-value]

    def chosen(self) -> socket.socket | None:
        """The connection, once the program has spoken; None: it speaks on its stdout. Raises
        TimeoutError where it does not."""
        if self._listener.fileno() >= 0:
            waited_for: list[Any] = [self._listener, self.attachment]
            ready, _, _ = select.select(waited_for, [], [], self._timeout)
            if not ready:
                raise TimeoutError
            if self._listener in ready:
                self._connection, _ = self._listener.accept()
                self._connection.settimeout(self._timeout)
            self._listener.close()
        return self._connection

    @property
    def attachment(self) -> Attachment:
        """What is used where there is no connection."""
        assert self._attachment is not None, "it speaks beside an attachment"
        return self._attachment

    def close(self) -> None:
        """End the connection; the attachment stays its owner's."""
        for each in (self._listener, self._connection):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()


class _Reader(io.RawIOBase):
    def __init__(self, streams: DirectStreams) -> None:
        self._streams = streams
        self._stdout: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        connection = self._streams.chosen()
        if connection is not None:
            with contextlib.suppress(ConnectionResetError):  # it ended with requests unread
                return connection.recv_into(buffer)
            return 0
        self._stdout = self._stdout or self._streams.attachment.stdout()
        return int(self._stdout.readinto1(buffer))  # type: ignore[attr-defined]


class _Writer(io.RawIOBase):
    def __init__(self, streams: DirectStreams) -> None:
        self._streams = streams

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        connection = self._streams.chosen()
        if connection is not None:
            connection.sendall(data)
        else:
            self._streams.attachment.write(bytes(data))
        return len(data)
