"""Lists for lazy pulling, as their consumers read them."""

from __future__ import annotations

import json
from pathlib import Path

from slimmer.evidence import prefetch_list
from slimmer.values import Entry, EntryType, LayerPlan

DIGEST = "sha256:" + "a" * 64


def entry(path: str, kind: EntryType = EntryType.FILE) -> Entry:
    return Entry(path=path, type=kind, mode=0o644, uid=0, gid=0, size=1, mtime_ns=0)


LAYERS = (
    LayerPlan(name="system", entries=(entry("/", EntryType.DIRECTORY), entry("/lib/a"))),
    LayerPlan(
        name="application", entries=(entry("/app/ü"), entry("/app/b\nc"), entry("/bad\udcff"))
    ),
)
USED = ("/app/ü", "/app/b\nc", "/dropped", "/", "/bad\udcff", "/lib/a")


def test_stargz_reads_one_object_after_the_other() -> None:
    text = prefetch_list(Path("first.json"), USED, LAYERS, DIGEST).decode()
    records, decoder = [], json.JSONDecoder()
    while text:
        record, end = decoder.raw_decode(text)
        records.append(record)
        text = text[end:].lstrip()
    assert records == [
        {"path": path, "manifestDigest": DIGEST, "layerIndex": layer}
        for path, layer in (("app/ü", 1), ("app/b\nc", 1), ("lib/a", 0))
    ]


def test_nydus_reads_a_path_in_each_line() -> None:
    assert prefetch_list(Path("first.txt"), USED, LAYERS, DIGEST) == "/app/ü\n/lib/a\n".encode()


def test_nothing_used_is_an_empty_list() -> None:
    assert prefetch_list(Path("first.txt"), (), LAYERS, DIGEST) == b""
