"""One rootfs entry → the bytes of its tar header (POSIX.1-2001: ustar, with PAX records).

Written by hand because a layer's bytes are its identity: Python's `tarfile` pads, orders and
spells records as it sees fit, and may do so differently in its next release.

What is decided here:

* names are relative, directories end in `/`, the root is `./`; owners are numbers, the names
  of user and group are blank;
* times are whole seconds. Layers in registries hold whole seconds (Docker and BuildKit cut
  them when they write a layer), so an original that was built here and the same one pulled
  elsewhere give the same bytes;
* a PAX record is written only where ustar cannot hold the value, so most entries cost 512
  bytes. The records of an entry are sorted by key;
* text that is not UTF-8 is announced by `hdrcharset=BINARY`, as POSIX asks. Extended
  attributes are binary by convention (`SCHILY.xattr.NAME`, as the engines and GNU tar use).
"""

from __future__ import annotations

import os
from typing import Final

from slimmer.values import Entry, EntryType

BLOCK: Final = 512
"""Bytes; every header is one block, every content is padded to whole blocks."""

END_OF_ARCHIVE: Final = bytes(2 * BLOCK)

_LARGEST_SIZE: Final = 8**11 - 1
_LARGEST_OWNER: Final = 8**7 - 1
_LARGEST_TIME: Final = 8**11 - 1
_NAME_FIELD: Final = 100
_PREFIX_FIELD: Final = 155

_TYPE_FLAGS: Final = {
    EntryType.FILE: b"0",
    EntryType.SYMLINK: b"2",
    EntryType.CHARACTER_DEVICE: b"3",
    EntryType.BLOCK_DEVICE: b"4",
    EntryType.DIRECTORY: b"5",
    EntryType.FIFO: b"6",
}
_HARD_LINK: Final = b"1"
_PAX: Final = b"x"


def entry_header(entry: Entry, *, hard_link_to: str = "", latest: int | None = None) -> bytes:
    """The header blocks of one entry: 512 bytes, more where PAX records are needed.

    `hard_link_to` makes the entry a further name of that path (a path as in the index); it
    then has no content. `latest` (seconds since the epoch) is what times are clamped to.
    A socket has no form in a tar: KeyError, as the layer plan leaves sockets out.
    """
    type_flag = _HARD_LINK if hard_link_to else _TYPE_FLAGS[entry.type]
    link = member_name(hard_link_to) if hard_link_to else os.fsencode(entry.link_target)
    is_content = entry.type is EntryType.FILE and not hard_link_to
    return member_header(
        member_name(entry.path, directory=entry.type is EntryType.DIRECTORY),
        type_flag=type_flag,
        mode=entry.mode,
        uid=entry.uid,
        gid=entry.gid,
        size=entry.size if is_content else 0,
        mtime=clamped_seconds(entry.mtime_ns, latest),
        link=link,
        device=entry.device,
        xattrs=entry.xattrs,
    )


def member_name(path: str, *, directory: bool = False) -> bytes:
    """A path of the index as tar members are named: relative, `./` for the root."""
    if path == "/":
        return b"./"
    return os.fsencode(path[1:]) + (b"/" if directory else b"")


def clamped_seconds(mtime_ns: int, latest: int | None) -> int:
    """Whole seconds since the epoch (rounded down), no later than `latest`."""
    seconds = mtime_ns // 1_000_000_000
    return seconds if latest is None else min(seconds, latest)


def padding(size: int) -> bytes:
    """The zeros that fill content of `size` bytes up to a whole block."""
    return bytes(-size % BLOCK)


def member_header(
    name: bytes,
    *,
    type_flag: bytes = b"0",
    mode: int = 0o644,
    uid: int = 0,
    gid: int = 0,
    size: int = 0,
    mtime: int = 0,
    link: bytes = b"",
    device: tuple[int, int] = (0, 0),
    xattrs: tuple[tuple[str, bytes], ...] = (),
) -> bytes:
    """The header blocks of any tar member, from values that are in tar's own terms."""
    records: dict[bytes, bytes] = {}
    prefix, short_name = _split_name(name)
    if short_name is None:
        records[b"path"] = name
        short_name = name[:_NAME_FIELD]
    if len(link) > _NAME_FIELD or not link.isascii():
        records[b"linkpath"] = link
    for key, number, largest in (
        (b"size", size, _LARGEST_SIZE),
        (b"uid", uid, _LARGEST_OWNER),
        (b"gid", gid, _LARGEST_OWNER),
        (b"mtime", mtime, _LARGEST_TIME),
    ):
        if not 0 <= number <= largest:
            records[key] = b"%d" % number
    if any(not _is_utf8(value) for value in records.values()):
        records[b"hdrcharset"] = b"BINARY"
    for attribute, value in xattrs:
        records[b"SCHILY.xattr." + os.fsencode(attribute)] = value

    header = _block(
        short_name,
        prefix=prefix,
        type_flag=type_flag,
        mode=mode,
        uid=0 if b"uid" in records else uid,
        gid=0 if b"gid" in records else gid,
        size=0 if b"size" in records else size,
        mtime=0 if b"mtime" in records else mtime,
        link=link[:_NAME_FIELD],
        device=device,
    )
    if not records:
        return header
    body = b"".join(_record(key, value) for key, value in _ordered(records))
    # The extended header is a member itself; its name matters only to a tar that is too old
    # to know it. Python's and libarchive's choose names in this manner too.
    extended = _block(b"././@PaxHeader", type_flag=_PAX, mode=0o644, size=len(body))
    return extended + body + padding(len(body)) + header


def _ordered(records: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """By key, but `hdrcharset` first: it says how to read those behind it."""
    return sorted(records.items(), key=lambda record: (record[0] != b"hdrcharset", record[0]))


def _split_name(name: bytes) -> tuple[bytes, bytes | None]:
    """ustar's two fields for a name: (prefix, name); (b"", None) where they cannot hold it."""
    if not name.isascii():
        return b"", None
    if len(name) <= _NAME_FIELD:
        return b"", name
    # The slash between the fields is implied. The name's part must not be empty, so a
    # directory's last slash is no place to split.
    slash = name.find(b"/", len(name) - _NAME_FIELD - 1, len(name) - 1)
    if 0 < slash <= _PREFIX_FIELD:
        return name[:slash], name[slash + 1 :]
    return b"", None


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _record(key: bytes, value: bytes) -> bytes:
    """`LENGTH KEY=VALUE\\n`, where LENGTH counts its own digits as well."""
    rest = len(key) + len(value) + 3
    length = rest + len(str(rest))
    length = rest + len(str(length))
    return b"%d %s=%s\n" % (length, key, value)


def _block(
    name: bytes,
    *,
    type_flag: bytes,
    mode: int,
    uid: int = 0,
    gid: int = 0,
    size: int,
    mtime: int = 0,
    link: bytes = b"",
    device: tuple[int, int] = (0, 0),
    prefix: bytes = b"",
) -> bytes:
    """One ustar header block, its check sum included."""
    fields = b"".join(
        (
            name.ljust(100, b"\0"),
            b"%07o\0" % mode,
            b"%07o\0" % uid,
            b"%07o\0" % gid,
            b"%011o\0" % size,
            b"%011o\0" % mtime,
            b"        ",
            type_flag,
            link.ljust(100, b"\0"),
            b"ustar\x0000",
            bytes(64),
            b"%07o\0" % device[0],
            b"%07o\0" % device[1],
            prefix.ljust(155, b"\0"),
            bytes(12),
        )
    )
    return fields[:148] + b"%06o\0 " % sum(fields) + fields[156:]
