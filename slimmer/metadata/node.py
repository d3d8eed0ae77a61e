"""Node packages: the package.json of each package that has files left.

npm's own list of what it installed (`node_modules/.package-lock.json`) is not asked for: it names
packages of which nothing is left, and only npm reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from slimmer.files import join, parent_of
from slimmer.metadata.findings import Component, Findings, Further
from slimmer.metadata.operating_system import OperatingSystem
from slimmer.metadata.reader import Reader
from slimmer.metadata.result import MetadataRequest
from slimmer.values import EntryType

_FOLDER = "/node_modules/"
_MANIFEST = "package.json"
_ROOT = re.compile(r".*/node_modules/(?:@[^/]+/)?[^/@.][^/]*(?=/)")
"""The innermost package that a file below node_modules belongs to. Names never start with a dot:
`.bin`, `.cache` and pnpm's `.pnpm` are no packages."""


class NodeReader(Reader):
    """Packages below any node_modules, and whatever else has a package.json that is kept."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        self._because: dict[str, str] = {}
        for path in request.keep.reasons:
            if _FOLDER in path and (found := _ROOT.match(path)) and self.is_left(path):
                self._because.setdefault(found[0], path)
        roots = (join(root, _MANIFEST) for root in self._because)
        kept = (path for path in self.kept if path.endswith("/" + _MANIFEST))
        self._manifests = sorted(
            path
            for path in {*roots, *kept}
            if self.is_file(path) and request.packages.owner(path) is None
        )

    def reads(self) -> Iterable[str]:
        return self._manifests

    def findings(self, system: OperatingSystem | None) -> Findings:
        describing = {root: list(self._describing(root)) for root in self._because}
        components = (
            self._component(path, describing.get(parent_of(path), ())) for path in self._manifests
        )
        return Findings(
            components=tuple(component for component in components if component is not None),
            further=tuple(further for each in describing.values() for further in each),
        )

    def _describing(self, root: str) -> Iterator[Further]:
        manifest, because = join(root, _MANIFEST), self._because[root]
        if self.is_file(manifest) and self.request.packages.owner(manifest) is None:
            detail = f"describes the package in {root}"
            yield Further(path=manifest, detail=detail, because=because)
            yield from self.licences(root, because)

    def _component(self, manifest: str, further: Iterable[Further]) -> Component | None:
        """None where the file is no package's: a fixture, or `{"type": "module"}` in a folder."""
        try:
            fields: Any = json.loads(self.data(manifest))
        except ValueError:
            return None
        if not isinstance(fields, dict):
            return None
        name, version = fields.get("name"), fields.get("version")
        if not isinstance(name, str) or not isinstance(version, str) or not (name and version):
            return None
        files = self._files(parent_of(manifest))
        scope, slash, rest = name.partition("/")
        return Component(
            type="npm",
            namespace=scope if slash else "",
            name=rest if slash else name,
            version=version,
            kept_files=self.count_left(files, further),
            total_files=len(files),
            described_by=manifest,
        )

    def _files(self, root: str) -> list[str]:
        """A package's own files: what it brought along in a node_modules of its own is others'."""
        return [
            entry.path
            for entry in self.index.subtree(root)
            if entry.type is not EntryType.DIRECTORY and _FOLDER not in entry.path[len(root) :]
        ]
