"""Content from several places at once, for files that do not come from the original.

The debug layer takes tools from another image; package lists cut to what is left are made
here. Both are packed as if they were the original's own files.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from slimmer.values import Content


class CombinedContent:
    """`base`, but for the paths that are named elsewhere (a values.Content)."""

    def __init__(
        self,
        base: Content,
        *,
        generated: Mapping[str, bytes] | None = None,
        borrowed: Mapping[str, tuple[Content, str]] | None = None,
    ) -> None:
        """`generated`: path → its bytes. `borrowed`: path → a content and the path therein."""
        self._base = base
        self._generated = dict(generated or {})
        self._borrowed = dict(borrowed or {})

    def fetch(self, paths: Iterable[str]) -> None:
        """One round trip for each content that has some of the paths."""
        own: list[str] = []
        others: dict[int, tuple[Content, list[str]]] = {}
        for path in paths:
            if path in self._generated:
                continue
            if path in self._borrowed:
                content, there = self._borrowed[path]
                others.setdefault(id(content), (content, []))[1].append(there)
            else:
                own.append(path)
        if own:
            self._base.fetch(own)
        for content, wanted in others.values():
            content.fetch(wanted)

    def open(self, path: str) -> BinaryIO:
        """A stream over the file, wherever it comes from."""
        if path in self._generated:
            return io.BytesIO(self._generated[path])
        content, there = self._borrowed.get(path, (self._base, path))
        return content.open(there)

    def head(self, path: str, size: int) -> bytes:
        """The first `size` bytes."""
        if path in self._generated:
            return self._generated[path][:size]
        content, there = self._borrowed.get(path, (self._base, path))
        return content.head(there, size)
