"""Where gems and the standard library lie in an image."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from slimmer.files import name_of
from slimmer.keep import Context

LIBRARY_MARK = "English.rb"
"""A file that every standard library has, and nothing else."""


def name_of_gem(full_name: str) -> str:
    """`rack` for `rack-3.0`."""
    return re.split(r"-(?=\d)", full_name)[0]


def gem_folders(context: Context) -> Mapping[str, Sequence[str]]:
    """Name without version → directories of gems of that name."""

    def read() -> Mapping[str, Sequence[str]]:
        gems: dict[str, list[str]] = {}
        for path in context.named.get("gems", ()):
            for gem in context.index.children(path):
                gems.setdefault(name_of_gem(name_of(gem.path)), []).append(gem.path)
        return gems

    return context.request.readings.once(gem_folders, read)
