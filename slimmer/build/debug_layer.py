"""The debug image's layer: the original's own shell and tools, or another image's busybox."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from slimmer.build.values import DebugLayer
from slimmer.engine import Session
from slimmer.image import read_original
from slimmer.keep import (
    BORROWED_FOLDER,
    KeepRequest,
    borrowed_tools,
    debug_tools,
    folders_of_tools,
    has_shell,
)
from slimmer.metadata import MetadataRequest, PackageMetadata, metadata_above
from slimmer.pack import CombinedContent, plan_layer
from slimmer.trace.run import FileServer
from slimmer.values import Content, KeepSet

LAYER = "debug"


def layer_of_original(request: KeepRequest, kept: KeepSet) -> DebugLayer | None:
    """The original's shell and tools with all that they need; None where it has no shell."""
    if not has_shell(request.index, request.content, search_path=request.search_path):
        return None
    tools = debug_tools(request, kept)
    plan = plan_layer(LAYER, request.index.get, tools.reasons)
    return DebugLayer(plan=plan, content=request.content, path_folders=folders_of_tools(request))


def layer_of_image(
    session: Session, reference: str, request: KeepRequest, kept: KeepSet, folder: Path
) -> DebugLayer:
    """The busybox of the image `reference`, below a folder of its own.

    `folder` takes the fetched bytes. Raises ImageNotFoundError, and UsageError where the image
    has no busybox that runs in the original.
    """
    image = read_original(reference, session.engine.inspect_image(reference))
    spool = Path(tempfile.mkdtemp(dir=folder)) / "debug-content"  # each round has one of its own
    server = FileServer(session, image, spool)
    index = server.index()
    tools = borrowed_tools(request, kept, index=index, content=server.content)
    entries = {entry.path: entry for entry in tools.entries}
    plan = plan_layer(
        LAYER, request.index.get, {*tools.originals.reasons, *entries}, entries=entries
    )
    borrowed: dict[str, tuple[Content, str]] = {
        place: (server.content, there) for place, there in tools.sources.items()
    }
    content = CombinedContent(request.content, borrowed=borrowed)
    content.fetch(tools.sources)
    server.close()
    return DebugLayer(
        plan=plan,
        content=content,
        path_folders=(BORROWED_FOLDER,),
        foreign=frozenset(entries),
    )


def with_metadata(
    layer: DebugLayer, request: MetadataRequest, below: PackageMetadata
) -> DebugLayer:
    """The layer with what describes its tools' packages to scanners, as the slim image has it."""
    tools = {entry.path: entry for entry in layer.plan.entries}
    above = metadata_above(request, below, tools)
    if not above.keep.reasons:
        return layer
    plan = plan_layer(
        LAYER,
        below.entry(request.index.get),
        {*tools, *above.keep.reasons},
        entries={**tools, **above.entries},
    )
    content = CombinedContent(layer.content, generated=above.content)
    return replace(layer, plan=plan, content=content, foreign=layer.foreign | set(above.entries))
