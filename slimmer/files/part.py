"""A part of a file as a stream of its own."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from typing import BinaryIO, cast

_BUFFER = 128 * 1024


def part_stream(
    read: Callable[[int, int], bytes], size: int, *, close: Callable[[], None] = lambda: None
) -> BinaryIO:
    """A readable, seekable stream over `size` bytes, with a position of its own. `read` gives up to
    so many bytes from an offset on; `close` is called when the stream is closed."""
    return cast(BinaryIO, io.BufferedReader(_Part(read, size, close), buffer_size=_BUFFER))


class _Part(io.RawIOBase):
    def __init__(
        self, read: Callable[[int, int], bytes], size: int, close: Callable[[], None]
    ) -> None:
        self._read = read
        self._size = size
        self._close = close
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._read(len(buffer), self._position)
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}
        position = base[whence] + offset
        if position < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._position = position
        return position

    def close(self) -> None:
        if not self.closed:
            self._close()
        super().close()
