"""Metadata of a layer on top of the slim image: the debug image holds packages' files too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from slimmer.ecosystems import MetadataRequest
from slimmer.metadata.collection import package_metadata
from slimmer.metadata.result import PackageMetadata
from slimmer.values import Reason


def metadata_above(
    request: MetadataRequest, below: PackageMetadata, paths: Iterable[str]
) -> PackageMetadata:
    """What a layer with these paths has to bring along, so that both together are described.

    `below` is what describes the image below, of the same request. The result's keep-set and
    content hold what is new or different only; its components are those of both together.
    """
    both = dict(below.keep.reasons)
    for path in paths:
        both.setdefault(path, (Reason(rule="debug", detail="in the layer above"),))
    keep = replace(request.keep, reasons=dict(sorted(both.items())))
    together = package_metadata(replace(request, keep=keep))
    content = {
        path: data for path, data in together.content.items() if below.content.get(path) != data
    }
    entries = {
        path: entry
        for path, entry in together.entries.items()
        if path in content or (path not in together.content and path not in below.entries)
    }
    reasons = {
        path: why
        for path, why in together.keep.reasons.items()
        if path not in both or path in content
    }
    return replace(
        together,
        keep=replace(together.keep, reasons=reasons, notes=()),
        entries=entries,
        content=content,
    )
