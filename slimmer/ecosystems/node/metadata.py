"""Node packages: the package.json of each package that has files left.

npm's own list of what it installed (`node_modules/.package-lock.json`) is not asked for: it names
packages of which nothing is left, and only npm reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from slimmer.ecosystems.findings import Component, Findings, Further, Installed
from slimmer.ecosystems.node.packages import MANIFEST, package_of, read_manifest
from slimmer.ecosystems.reader import MetadataRequest, Reader
from slimmer.files import join, parent_of

_FOLDER = "/node_modules/"
_DECLARATIONS = ("dependencies", "devDependencies", "optionalDependencies")


class NodeReader(Reader):
    """Packages below any node_modules, and whatever else has a package.json that is kept."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        self._because: dict[str, str] = {}
        for path in request.keep.reasons:
            if _FOLDER in path and (root := package_of(path)) and self.is_left(path):
                self._because.setdefault(root, path)
        roots = (join(root, MANIFEST) for root in self._because)
        kept = (path for path in self.kept if path.endswith("/" + MANIFEST))
        self._manifests = sorted(
            path
            for path in {*roots, *kept}
            if self.is_file(path) and request.packages.owner(path) is None
        )

    def reads(self) -> Iterable[str]:
        return {*self._manifests, *self._declaring()}

    def findings(self) -> Findings:
        describing = {root: list(self._describing(root)) for root in self._because}
        components = (
            self._component(path, describing.get(parent_of(path), ())) for path in self._manifests
        )
        return Findings(
            components=tuple(component for component in components if component is not None),
            further=tuple(further for each in describing.values() for further in each),
            installed=tuple(self._installed()),
        )

    def _installed(self) -> Iterator[Installed]:
        declared = {path: self._declared_by(path) for path in self._declaring()}
        for root in self._roots:
            above, _, name = root.rpartition(_FOLDER)
            manifest = join(above or "/", MANIFEST)
            yield self.installed(
                "npm",
                name,
                self.files_below(root),
                declared=manifest if name in declared.get(manifest, ()) else "",
            )

    def _declaring(self) -> set[str]:
        """The package.json beside each node_modules: those of applications."""
        beside = {join(root.rpartition(_FOLDER)[0] or "/", MANIFEST) for root in self._roots}
        return {path for path in beside if self.is_file(path)}

    def _declared_by(self, manifest: str) -> frozenset[str]:
        fields = read_manifest(self.data(manifest))
        names = (fields.get(field) for field in _DECLARATIONS)
        return frozenset(name for each in names if isinstance(each, dict) for name in each)

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        """The packages that were installed for something else than another package: what a package
        brought along in a node_modules of its own (npm: 200 of them) counts as its part."""
        found = []
        for entry in self.request.by_ending.get(".json", ()):
            root = parent_of(entry.path)
            if (
                entry.path.endswith("/" + MANIFEST)
                and package_of(entry.path) == root
                and not package_of(root.rpartition(_FOLDER)[0])
                and self.request.packages.owner(entry.path) is None
            ):
                found.append(root)
        return tuple(found)

    def _describing(self, root: str) -> Iterator[Further]:
        manifest, because = join(root, MANIFEST), self._because[root]
        if self.is_file(manifest) and self.request.packages.owner(manifest) is None:
            detail = f"describes the package in {root}"
            yield Further(path=manifest, detail=detail, because=because)
            yield from self.licences(root, because)

    def _component(self, manifest: str, further: Iterable[Further]) -> Component | None:
        """None where the file is no package's: a fixture, or `{"type": "module"}` in a folder."""
        fields = read_manifest(self.data(manifest))
        name, version = fields.get("name"), fields.get("version")
        if not isinstance(name, str) or not isinstance(version, str) or not (name and version):
            return None
        root = parent_of(manifest)
        scope, _, short = name.rpartition("/")
        return self.component(
            "npm",
            short,
            version,
            namespace=scope,
            # What it brought along in a node_modules of its own is others'.
            files=[path for path in self.files_below(root) if _FOLDER not in path[len(root) :]],
            described_by=manifest,
            further=further,
        )
