"""The client of the file server: the index of the original, and then the bytes of exactly the
paths that are asked for.

It speaks over any pair of binary streams and knows nothing of containers. The server is in step
after every answer, failed files included, so one client lives as long as its server.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, BinaryIO

from slimmer.errors import OriginalUnreadableError
from slimmer.files import wire
from slimmer.files.container_marks import ContainerMarks
from slimmer.files.index import RootfsIndex
from slimmer.files.spool import Segment, Spool
from slimmer.values import Entry, EntryType

_PIECE = 256 * 1024
_MOST_PATHS = 20_000
"""Of one request."""
_NO_MARKS = ContainerMarks()


class FileServerClient:
    """A `values.Content` over a running `sensor serve`. One request at a time, from any thread."""

    def __init__(self, reader: IO[bytes], writer: IO[bytes], spool: Path) -> None:
        """`spool` is a file to be created for the fetched bytes; `close` removes it.

        The server's header is read with the first request, so a client can be made before the
        server is up.
        """
        self._incoming = wire.Incoming(reader)
        self._writer = writer
        self._spool = Spool(spool)
        self._segments: dict[str, Segment] = {}
        self._inodes: dict[str, int] = {}
        self._linked: dict[int, Segment] = {}
        self._greeted = False
        self._lock = threading.Lock()
        self._failure: BaseException | None = None

    def __enter__(self) -> FileServerClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the spool and end the requests, upon which the server exits. The streams stay
        their owner's to close."""
        self._spool.close()

    def index(
        self,
        opaque: Iterable[str] = (),
        hidden: Iterable[str] = (),
        marks: ContainerMarks = _NO_MARKS,
        known: Mapping[str, Entry] = MappingProxyType({}),
    ) -> RootfsIndex:
        """The index of the whole root file system.

        `opaque` names mount points of the engine: they are listed, what lies below is not.
        `hidden` names files that the engine puts over the image's own: they are left out, but
        for links, which are the image's and lead to where the engine mounts. Also tells the
        client which files are hard links, so that each is fetched once. `marks` are
        what the engine changes when it makes a container: such a path has the time that they
        give, and what it makes anew is left out. Entries that equal one in `known` are
        that very one, which costs no memory.
        """
        left_out = frozenset(hidden)
        with self._in_step():
            self._ask(wire.path_list(wire.INDEX_REQUEST, sorted(set(opaque))))
            unreadable: dict[str, int] = {}
            entries = []
            for entry in wire.index_records(self._incoming, unreadable):
                if entry.path in left_out and entry.type is not EntryType.SYMLINK:
                    continue
                if not marks.is_made(entry):
                    shown, other = marks.as_in_the_image(entry), known.get(entry.path)
                    entries.append(other if other is not None and other == shown else shown)
        self._inodes = {
            entry.path: entry.inode
            for entry in entries
            if entry.inode and entry.type is EntryType.FILE
        }
        try:
            return RootfsIndex(entries, unreadable=unreadable)
        except ValueError as error:
            raise wire.out_of_step(str(error)) from error

    def fetch(self, paths: Iterable[str]) -> None:
        """Spool the content of these regular files in few round trips; see `values.Content`.

        Raises OriginalUnreadableError where a file could not be read in full; the others are
        there nevertheless.
        """
        with self._in_step():
            self._fetch(paths)

    def digests(self, paths: Iterable[str]) -> dict[str, bytes]:
        """BLAKE2b digests (32 bytes) of these regular files, computed by the server from what it
        reads, whatever was fetched; hard links are read once.

        Raises OriginalUnreadableError where a file could not be read in full.
        """
        asked, others = self._by_file(paths)
        found: dict[str, bytes] = {}
        failed: dict[str, int] = {}
        with self._in_step():
            for some in _in_requests(asked):
                self._ask(wire.path_list(wire.DIGESTS_REQUEST, some))
                self._incoming.begin(wire.DIGESTS_REQUEST)
                for path in some:
                    (error,) = wire.U32.unpack(self._incoming.take(wire.U32.size))
                    if not error:
                        answer = self._incoming.take(wire.DIGEST.size)
                        _, found[path], error = wire.DIGEST.unpack(answer)
                    if error:
                        failed[path] = error
                self._incoming.end()
        if failed:
            raise _unreadable(failed)
        for path, names in others.items():
            found |= dict.fromkeys(names, found[path])
        return found

    def open(self, path: str) -> BinaryIO:
        """A seekable stream over the whole file."""
        return self._spool.open(self._segment(path))

    def head(self, path: str, size: int) -> bytes:
        """The first `size` bytes (fewer where the file is shorter)."""
        return self._spool.read(self._segment(path), size)

    def _segment(self, path: str) -> Segment:
        segment = self._segments.get(path)
        if segment is None:
            with self._in_step():
                self._fetch((path,))
            segment = self._segments[path]
        return segment

    @contextlib.contextmanager
    def _in_step(self) -> Iterator[None]:
        """One request at a time. Whatever breaks an answer off is what every later request gets to
        hear: what comes then belongs to the one that failed."""
        with self._lock:
            if self._failure is not None:
                raise self._failure
            try:
                yield
            except BaseException as failure:
                is_told = isinstance(failure, OriginalUnreadableError)  # by a whole answer
                if not is_told or isinstance(failure, wire.BrokenStreamError):
                    self._failure = failure
                raise

    def _ask(self, request: bytearray) -> None:
        try:
            if not self._greeted:
                wire.check_header(self._incoming)
                self._greeted = True
            self._writer.write(request)
            self._writer.flush()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise wire.ended_early(f"the request could not be sent: {error}") from error

    def _fetch(self, paths: Iterable[str]) -> None:
        asked, others = self._by_file(self._missing(paths))
        failed: dict[str, int] = {}
        for some in _in_requests(asked):
            self._ask(wire.path_list(wire.FILES_REQUEST, some))
            self._incoming.begin(wire.FILES_REQUEST)
            answers = [self._receive() for _ in some]
            self._incoming.end()
            for path, answer in zip(some, answers, strict=True):
                if isinstance(answer, int):
                    failed[path] = answer
                    continue
                self._segments[path] = answer
                if inode := self._inodes.get(path, 0):
                    self._linked[inode] = answer
                    self._segments.update(dict.fromkeys(others.get(path, ()), answer))
        if failed:
            raise _unreadable(failed)

    def _missing(self, paths: Iterable[str]) -> Iterator[str]:
        """Those of the paths of which nothing is here, under no name of their file."""
        for path in paths:
            if path in self._segments:
                continue
            known = self._linked.get(self._inodes.get(path, 0))
            if known is None:
                yield path
            else:
                self._segments[path] = known

    def _by_file(self, paths: Iterable[str]) -> tuple[list[str], dict[str, list[str]]]:
        """The paths, each once and of hard links the first alone; and the other names of each of
        these."""
        first: dict[int, str] = {}
        others: dict[str, list[str]] = {}
        asked = []
        for path in dict.fromkeys(paths):
            inode = self._inodes.get(path, 0)
            if inode and first.setdefault(inode, path) != path:
                others.setdefault(first[inode], []).append(path)
            else:
                asked.append(path)
        return asked, others

    def _receive(self) -> Segment | int:
        """One file of an answer, or its errno. The stream is in step afterwards either way."""
        (error,) = wire.U32.unpack(self._incoming.take(wire.U32.size))
        if error:
            return int(error)
        (size,) = wire.U64.unpack(self._incoming.take(wire.U64.size))
        segment = Segment(offset=self._spool.end, size=size)
        left = size
        while left:
            piece = self._incoming.some(min(left, _PIECE))
            left -= len(piece)
            self._spool.append(piece)
        (status,) = wire.U32.unpack(self._incoming.take(wire.U32.size))
        return int(status) or segment


def _in_requests(paths: list[str]) -> Iterator[list[str]]:
    """The paths of each request: few requests, and none that takes much memory."""
    for begin in range(0, len(paths), _MOST_PATHS):
        yield paths[begin : begin + _MOST_PATHS]


def _unreadable(failed: dict[str, int]) -> OriginalUnreadableError:
    first = next(iter(failed))
    others = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    return OriginalUnreadableError(
        f"the original's file {first}{others} could not be read: {os.strerror(failed[first])}",
        hint="the image's storage may be damaged, or the file changed while it was read",
        details="\n".join(f"{path}: {os.strerror(error)}" for path, error in failed.items()),
    )
