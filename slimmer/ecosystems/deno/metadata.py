"""Licences of the npm packages in Deno's cache. Deno reads their package.json, and `node.metadata`
lists a package for each that is kept."""

from __future__ import annotations

from slimmer.ecosystems.deno.cache import DenoCache
from slimmer.ecosystems.findings import Findings
from slimmer.ecosystems.reader import MetadataRequest, Reader
from slimmer.files import name_of


class DenoReader(Reader):
    """Packages of which a file is left."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        named: dict[str, list[str]] = {}
        for ending in ("", ".json"):
            for entry in request.by_ending.get(ending, ()):
                named.setdefault(name_of(entry.path), []).append(entry.path)
        self._cache = DenoCache(named)

    def findings(self) -> Findings:
        because: dict[str, str] = {}
        for path in sorted(self.kept):
            if (root := self._cache.package_of(path)) and self.is_left(path):
                because.setdefault(root, path)
        licences = (self.licences(root, path) for root, path in because.items())
        return Findings(further=tuple(further for each in licences for further in each))
