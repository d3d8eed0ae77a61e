"""A trace by fanotify alone has real paths only: the links to them are kept unseen."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from slimmer.ecosystems import RULEBOOK
from slimmer.keep import KeepRequest, decide
from slimmer.values import Source
from tests.unit.files.serving import indexed
from tests.unit.keep.image_tree import ImageTree, check_promises, rules_of, seen, trace_of


@pytest.mark.parametrize(
    ("sources", "links"),
    [
        ({Source.FANOTIFY}, {"/www/link", "/www/second", "/opt/pages"}),
        ({Source.FANOTIFY, Source.NOTIFY}, set()),
        ({Source.NOTIFY}, set()),
    ],
    ids=["fanotify", "both", "notify"],
)
def test_links_to_what_was_opened(
    tree: ImageTree, tmp_path: Path, sources: set[Source], links: set[str]
) -> None:
    tree.add("/data/www/page")
    tree.add("/data/www/unused")
    tree.link("/www/link", "/data/www/page")
    tree.link("/www/second", "link")
    tree.link("/www/other", "/data/www/unused")
    tree.link("/opt/pages", "/data/www")
    trace = dataclasses.replace(trace_of(seen("/data/www/page")), sources=frozenset(sources))
    with indexed(tree.root, tmp_path / "spool") as (index, content):
        kept = decide(KeepRequest(index=index, content=content, trace=trace, config={}), RULEBOOK)
        check_promises(kept, {entry.path for entry in index})
    found = {path for path in kept.reasons if "unseen-link" in rules_of(kept, path)}
    assert found == links
    assert "/www/other" not in kept.reasons
