"""A hand-made database of weaknesses for the real Trivy, since none can be fetched: trivy.db in its
own form, which is a file of bbolt.

    page     id u64, flags u16 (2 leaf, 4 meta, 16 free list), count u16, overflow u32, elements
    element  flags u32 (1: a bucket), offset from itself u32, size of key u32, size of value u32
    bucket   root page u64, sequence u64
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_PAGE = 4096
_LEAF, _META, _FREE_LIST = 2, 4, 16
_ALWAYS = "2099-01-01T00:00:00Z"

Tree = Mapping[str, "Tree | bytes"]


def write_advisories(
    cache: Path, advisories: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> None:
    """Into a cache folder of Trivy: source (`debian 12`, `pip::hand-made`) → package → id of a
    weakness → the advisory, as Trivy keeps it."""
    ids = {id for packages in advisories.values() for known in packages.values() for id in known}
    tree: dict[str, Tree | bytes] = {
        "data-source": {
            source: _json({"ID": "hand-made", "Name": "by hand", "URL": "https://example.org"})
            for source in advisories
        },
        "vulnerability": {id: _json({"Title": "by hand", "Severity": "HIGH"}) for id in ids},
    }
    for source, packages in advisories.items():
        tree[source] = {
            name: {id: _json(advisory) for id, advisory in known.items()}
            for name, known in packages.items()
        }
    folder = cache / "db"
    folder.mkdir(parents=True)
    (folder / "trivy.db").write_bytes(_database(tree))
    times = dict.fromkeys(("NextUpdate", "UpdatedAt", "DownloadedAt"), _ALWAYS)
    (folder / "metadata.json").write_text(json.dumps({"Version": 2, **times}))


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _database(tree: Tree) -> bytes:
    pages: list[bytes] = []
    root = _bucket(tree, pages)
    metas = b"".join(_meta(number, root, 3 + len(pages)) for number in (0, 1))
    return metas + _page(2, _FREE_LIST, 0, b"")[0] + b"".join(pages)


def _bucket(tree: Tree, pages: list[bytes]) -> int:
    """Add the pages of a bucket and of those in it; returns the first one's number."""
    rows = []
    for key, value in sorted(tree.items()):
        if isinstance(value, bytes):
            rows.append((0, key.encode(), value))
        else:
            rows.append((1, key.encode(), struct.pack("<QQ", _bucket(value, pages), 0)))
    heads, body = b"", b""
    for number, (flags, name, content) in enumerate(rows):
        place = 16 * (len(rows) - number) + len(body)
        heads += struct.pack("<IIII", flags, place, len(name), len(content))
        body += name + content
    first = 3 + len(pages)
    pages += _page(first, _LEAF, len(rows), heads + body)
    return first


def _page(number: int, flags: int, count: int, content: bytes) -> list[bytes]:
    needed = -(-(16 + len(content)) // _PAGE)
    whole = struct.pack("<QHHI", number, flags, count, needed - 1) + content
    whole = whole.ljust(needed * _PAGE, b"\0")
    return [whole[start : start + _PAGE] for start in range(0, len(whole), _PAGE)]


def _meta(number: int, root: int, pages: int) -> bytes:
    told = struct.pack("<IIIIQQQQQ", 0xED0CDAED, 2, _PAGE, 0, root, 0, 2, pages, number)
    check = 0xCBF29CE484222325
    for byte in told:
        check = ((check ^ byte) * 0x100000001B3) & (1 << 64) - 1
    return _page(number, _META, 0, told + struct.pack("<Q", check))[0]
