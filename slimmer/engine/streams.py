"""A container's stdin, stdout and stderr over one hijacked connection.

The engine multiplexes stdout and stderr in frames: one byte stream number (1 stdout, 2 stderr),
three zero bytes, a big-endian u32 length, the bytes (Docker Engine API, "ContainerAttach").
"""

from __future__ import annotations

import contextlib
import io
import socket
import struct
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from slimmer.engine import tls
from slimmer.engine.broken import broken_answer, broken_connection

_FRAME_HEADER = struct.Struct(">B3sI")
STDOUT, STDERR = 1, 2
_LONGEST_FRAME = 1 << 24
"""Bytes: engines write frames of some ten thousand. A longer one is a garbled length, for which
somebody would wait in vain."""
_READING = "read what a container writes"
_STDERR_LIMIT = 64 * 1024
"""Bytes of stderr that an attachment remembers: enough for any message, safe for any flood."""
OUTPUT_LIMIT = 1024 * 1024
"""Bytes of stdout and stderr that an Output remembers; the rest is dropped."""


class Output:
    """What a command wrote: stdout and stderr apart, and both in the order of arrival."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, bytes]] = []
        self._left = OUTPUT_LIMIT
        self.complete = True
        """False where the limit cut something off."""

    def add(self, number: int, data: bytes) -> None:
        """Remember a frame, as far as the limit lets it."""
        kept = data[: self._left]
        self._left -= len(kept)
        self.complete = self.complete and len(kept) == len(data)
        if kept:
            self._pieces.append((number, kept))

    @property
    def stdout(self) -> bytes:
        """What came on stdout."""
        return self._of(STDOUT)

    @property
    def stderr(self) -> bytes:
        """What came on stderr."""
        return self._of(STDERR)

    @property
    def both(self) -> bytes:
        """All of it as it came."""
        return b"".join(data for _, data in self._pieces)

    def _of(self, wanted: int) -> bytes:
        return b"".join(data for number, data in self._pieces if number == wanted)


class Attachment:
    """The standard streams of one container or command."""

    def __init__(
        self, reader: BinaryIO, connection: socket.socket, *, response: object = None
    ) -> None:
        """`response` is held on to: dropped, it would give the connection back to its pool."""
        self._response = response
        self._reader = reader
        self._socket = connection
        self._errors = bytearray()
        self._timed_out = False

    @property
    def errors(self) -> str:
        """What came on stderr so far (its first 64 KiB)."""
        return self._errors.decode("utf-8", "replace").rstrip()

    def write(self, data: bytes) -> None:
        """Write to stdin. Raises OSError when the other side is gone."""
        self._socket.sendall(data)

    def fileno(self) -> int:
        """For `select`."""
        return self._socket.fileno()

    def close_stdin(self) -> None:
        """Say that nothing more will be written."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def set_timeout(self, seconds: float | None) -> None:
        """Limit each wait for bytes; a `frame` beyond it raises TimeoutError."""
        self._socket.settimeout(seconds)

    def frame(self) -> tuple[int, bytes] | None:
        """The next piece of output as (stream number, bytes); None at the end of the stream.

        Raises TimeoutError, and EngineUnreachableError or BrokenAnswerError where the connection
        broke inside a frame or gives what is none.
        """
        header = self._read(_FRAME_HEADER.size)
        if not header:
            return None
        if len(header) < _FRAME_HEADER.size:
            raise broken_connection(_READING, "its stream ended inside a frame's header")
        number, length = _frame_header(header)
        data = self._read(length)
        if len(data) < length:
            raise broken_connection(_READING, "its stream ended inside a frame")
        if number == STDERR and len(self._errors) < _STDERR_LIMIT:
            self._errors += data[: _STDERR_LIMIT - len(self._errors)]
        return number, data

    def _read(self, size: int) -> bytes:
        try:
            return self._reader.read(size)
        except TimeoutError:
            self._timed_out = True
            raise
        except (OSError, ValueError) as error:  # a ValueError says that it was closed meanwhile
            if self._timed_out:  # whoever asks again is told so in another way
                raise TimeoutError from error
            raise broken_connection(_READING, error) from error

    def stdout(self) -> BinaryIO:
        """stdout alone, as a buffered binary stream; stderr is set aside in `errors`."""
        return io.BufferedReader(_StandardOutput(self), buffer_size=256 * 1024)

    def stdin(self) -> BinaryIO:
        """stdin as an unbuffered binary stream."""
        return _StandardInput(self)  # type: ignore[return-value]

    def close(self) -> None:
        """Close the connection; the container goes on."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._socket.close()


def read_frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The (stream number, bytes) in a whole answer of the engine. Raises BrokenAnswerError for what
    is none, or ends inside a frame."""
    position = 0
    while position < len(data):
        number, length = _frame_header(data[position : position + _FRAME_HEADER.size])
        position += _FRAME_HEADER.size
        if position + length > len(data):
            raise broken_answer(_READING, ValueError("it ends inside a frame"))
        yield number, data[position : position + length]
        position += length


def _frame_header(header: bytes) -> tuple[int, int]:
    """(stream number, bytes that follow)."""
    if len(header) == _FRAME_HEADER.size:
        number, zeros, length = _FRAME_HEADER.unpack(header)
        if number in (STDOUT, STDERR) and not any(zeros) and length <= _LONGEST_FRAME:
            return number, length
    raise broken_answer(_READING, ValueError(f"{header!r} is not a frame's header"))


class _StandardOutput(io.RawIOBase):
    def __init__(self, attachment: Attachment) -> None:
        self._attachment = attachment
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            frame = self._attachment.frame()
            if frame is None:
                return 0
            if frame[0] == STDOUT:
                self._rest = memoryview(frame[1])
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


class _StandardInput(io.RawIOBase):
    def __init__(self, attachment: Attachment) -> None:
        self._attachment = attachment

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._attachment.write(bytes(data))
        return len(data)


def hijack(
    client: Any,
    path: str,
    *,
    parameters: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Attachment:
    """Upgrade a POST request to a raw two-way stream.

    The SDK's own attach and exec read the socket below the buffer that parsed the response's
    head, and lose what that buffer has read ahead already; this reads through the buffer.
    """
    response = client.post(
        client._url(path).replace("https:", f"{tls.SCHEME}:", 1),
        params=parameters,
        json=body,
        headers={"Connection": "Upgrade", "Upgrade": "tcp"},
        stream=True,
    )
    client._raise_for_status(response)
    buffered = response.raw._fp.fp
    connection = buffered.raw._sock
    connection.settimeout(None)
    return Attachment(buffered, connection, response=response)
