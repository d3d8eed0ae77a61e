"""The author's own code that was installed as a Python distribution (`pip install .`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from slimmer.ecosystems.python.distributions import (
    METADATA_SUFFIXES,
    is_for_development,
    listed_files,
    name_of_metadata,
)
from slimmer.ecosystems.python.files import CACHE
from slimmer.files import RootfsIndex, is_below, name_of, parent_of
from slimmer.values import Content

# PEP 610: where a distribution came from that no index gave.
_ORIGIN = "direct_url.json"


def own_modules(
    index: RootfsIndex, named: Mapping[str, Sequence[str]], content: Content
) -> Iterator[str]:
    """The files in a site of distributions that were installed from a folder; and from a file,
    unless most of the site were: then another stage has made wheels of all that it downloaded. Not
    pip and the like, which images of Python have from files, and no byte code."""
    origins = [
        path
        for path in named.get(_ORIGIN, ())
        if index.is_file(path)
        and parent_of(path).endswith(METADATA_SUFFIXES)
        and not is_for_development(name_of_metadata(parent_of(path)))
    ]
    content.fetch(origins)
    by_site: dict[str, tuple[list[str], list[str]]] = {}
    for path in origins:
        metadata = parent_of(path)
        folders, archives = by_site.setdefault(parent_of(metadata), ([], []))
        kind = _kind_of(content, path)
        if kind == "dir_info":
            folders.append(metadata)
        elif kind == "archive_info":
            archives.append(metadata)
    for site, (folders, archives) in by_site.items():
        count = sum(entry.path.endswith(METADATA_SUFFIXES) for entry in index.children(site))
        own = folders + (archives if 2 * len(archives) < count else [])
        content.fetch(f"{each}/RECORD" for each in own if index.is_file(f"{each}/RECORD"))
        for metadata in own:
            for path in listed_files(index, content, metadata) or ():
                is_code = is_below(path, site) and not is_below(path, metadata)
                if is_code and name_of(parent_of(path)) != CACHE:
                    yield path


def _kind_of(content: Content, path: str) -> str:
    """`dir_info` or `archive_info` of what lay in the image's build; empty for an address."""
    with content.open(path) as stream:
        try:
            origin = json.load(stream)
        except ValueError:
            return ""
    if not isinstance(origin, dict) or not str(origin.get("url", "")).startswith("file:"):
        return ""
    return next((kind for kind in ("dir_info", "archive_info") if kind in origin), "")
