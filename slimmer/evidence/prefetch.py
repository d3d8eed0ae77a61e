"""Lists of the files that an application needs first, for snapshotters that pull images lazily:
eStargz's recorded files, as `ctr-remote image optimize` writes them, and nydus's list of paths.

Names of files are bytes, and neither format can say those that are not UTF-8: such files are left
out, and are fetched when they are asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from slimmer.values import EntryType, LayerPlan

STARGZ_SUFFIX = ".json"
"""A file named so gets eStargz's form; any other nydus's."""


def prefetch_list(
    file: Path, used: Iterable[str], layers: Sequence[LayerPlan], manifest_digest: str
) -> bytes:
    """The list for an image with these layers (lowest first), in the form that the file's name
    says. `used` are regular files in the order of their first use; those that the image does not
    have are left out.

    eStargz's is one JSON object for each line: path without a leading slash, the image's manifest
    and the number of the layer. Nydus's is one absolute path for each line; a name with a line
    break in it is left out.
    """
    layer_of = {
        entry.path: number
        for number, plan in enumerate(layers)
        for entry in plan.entries
        if entry.type is EntryType.FILE
    }
    paths = [path for path in used if path in layer_of and _can_be_said(path)]
    if file.name.endswith(STARGZ_SUFFIX):
        lines = [
            json.dumps(
                {
                    "path": path.lstrip("/"),
                    "manifestDigest": manifest_digest,
                    "layerIndex": layer_of[path],
                },
                ensure_ascii=False,
            )
            for path in paths
        ]
    else:
        lines = [path for path in paths if "\n" not in path]
    return "".join(f"{line}\n" for line in lines).encode()


def _can_be_said(path: str) -> bool:
    return path.isascii() or not any("\ud800" <= character <= "\udfff" for character in path)
