"""The records of rpm's database, in each of the forms that it has had: SQLite (rpm 4.16 and later),
ndb (SUSE), Berkeley DB (before). A record is the header of an installed package.

All come from the user's image, and may be anything: what is no such file, or is cut, raises
ValueError, and nothing is read that the file does not have.
"""

from __future__ import annotations

import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_SQLITE = b"SQLite format 3\0"
_NDB = b"RpmP"
_NDB_SLOT, _NDB_RECORD = b"Slot", b"BlbS"
_NDB_PAGE, _NDB_BLOCK = 4096, 16
_BERKELEY_HASH = 0x061561
_META_PAGE, _HASH_PAGES, _OVERFLOW_PAGE = 26, (2, 13), 7
_OFF_PAGE = 3
_SHORTEST = 16
"""Bytes: the number of the next package is a record as well."""


def records(database: bytes, journal: bytes = b"") -> Iterator[bytes]:
    """The records of `rpmdb.sqlite` (with what `rpmdb.sqlite-wal` adds), `Packages.db` or
    `Packages`, told by how it begins."""
    try:
        if database.startswith(_SQLITE):
            yield from _of_sqlite(database, journal)
        elif database.startswith(_NDB):
            yield from _of_ndb(database)
        else:
            yield from _of_berkeley(database)
    except (struct.error, sqlite3.Error, IndexError) as error:
        raise ValueError(f"no database of rpm: {error}") from error


def _of_sqlite(database: bytes, journal: bytes) -> Iterator[bytes]:
    """By SQLite itself, which knows how journal and database belong together."""
    with tempfile.TemporaryDirectory(prefix="slimmer-rpm-") as folder:
        file = Path(folder) / "rpmdb.sqlite"
        file.write_bytes(database)
        if journal:
            Path(f"{file}-wal").write_bytes(journal)
        with closing(sqlite3.connect(file)) as connection:
            for (blob,) in connection.execute("SELECT blob FROM Packages ORDER BY hnum"):
                if isinstance(blob, bytes):
                    yield blob


def _of_ndb(database: bytes) -> Iterator[bytes]:
    """Pages of slots (rpm's lib/backend/ndb/rpmpkg.c), each with a record's place in blocks; the
    first two are the file's head."""
    (pages,) = struct.unpack_from("<I", database, 12)
    for offset in range(32, min(pages * _NDB_PAGE, len(database) - 15), 16):
        magic, index, block, _ = struct.unpack_from("<4sIII", database, offset)
        if magic != _NDB_SLOT or not index:
            continue
        start = block * _NDB_BLOCK
        magic, _, _, length = struct.unpack_from("<4sIII", database, start)
        if magic != _NDB_RECORD or start + 16 + length > len(database):
            raise ValueError("a record of the ndb database is cut")
        yield database[start + 16 : start + 16 + length]


def _of_berkeley(database: bytes) -> Iterator[bytes]:
    """A hash table (Berkeley DB's dbinc/db_page.h): pages of keys and values in turn, values that
    are longer than a page in chains of further pages."""
    order = "<" if struct.unpack_from("<I", database, 12)[0] == _BERKELEY_HASH else ">"
    magic, _, size = struct.unpack_from(order + "III", database, 12)
    if magic != _BERKELEY_HASH or not 512 <= size <= 65536:
        raise ValueError("of no known form")
    for page in range(size, len(database) - size + 1, size):
        if database[page + 25] not in _HASH_PAGES:
            continue
        (entries,) = struct.unpack_from(order + "H", database, page + 20)
        for number in range(1, entries, 2):
            (place,) = struct.unpack_from(order + "H", database, page + _META_PAGE + 2 * number)
            if database[page + place] != _OFF_PAGE:
                continue  # of a length that no package's header has
            first, length = struct.unpack_from(order + "II", database, page + place + 4)
            if length >= _SHORTEST:
                yield _chained(database, order, size, first, length)


def _chained(database: bytes, order: str, size: int, page: int, length: int) -> bytes:
    parts: list[bytes] = []
    left = length
    while left > 0:
        start = page * size
        page, _, used = struct.unpack_from(order + "IHH", database, start + 16)
        if database[start + 25] != _OVERFLOW_PAGE or not 0 < used <= size - _META_PAGE:
            raise ValueError("a record of the Berkeley database is cut")
        parts.append(database[start + _META_PAGE : start + _META_PAGE + used])
        left -= used
    return b"".join(parts)[:length]
