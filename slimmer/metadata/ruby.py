"""Ruby gems: the specification of each gem that has files left.

    BASE/specifications/sinatra-4.0.0.gemspec    describes
    BASE/gems/sinatra-4.0.0/                     its files
    BASE/extensions/…/sinatra-4.0.0/             its compiled parts

Gems that came with Ruby itself (`specifications/default/`) have no folder of their own; RubyGems
reads their specifications at every start, so the trace keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from slimmer.metadata.findings import Component, Findings, Further
from slimmer.metadata.operating_system import OperatingSystem
from slimmer.metadata.reader import Reader
from slimmer.metadata.result import MetadataRequest
from slimmer.values import EntryType

_SPECIFICATION = re.compile(
    r"(?P<base>.*)/specifications/(?P<default>default/)?"
    r"(?P<full>(?P<name>[^/]+?)-(?P<version>\d[^/-]*)(?:-[^/]+)?)\.gemspec"
)


class RubyReader(Reader):
    """Specifications at any base: the system's, Bundler's, a user's."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        self._specifications = [
            found
            for entry in request.descriptions
            if entry.type is EntryType.FILE
            and entry.path.endswith(".gemspec")
            and (found := _SPECIFICATION.fullmatch(entry.path)) is not None
            and request.packages.owner(entry.path) is None
        ]

    def findings(self, system: OperatingSystem | None) -> Findings:
        components: list[Component] = []
        further: list[Further] = []
        for found in self._specifications:
            files = list(self._files(found["base"], found["full"]))
            left = [path for path in files if path in self.kept]
            if not left and found[0] not in self.kept:
                continue
            describing: list[Further] = []
            if left:
                detail = f"describes the gem {found['full']}"
                describing = [
                    Further(path=found[0], detail=detail, because=left[0]),
                    *self.licences(f"{found['base']}/gems/{found['full']}", left[0]),
                ]
            further += describing
            components.append(
                Component(
                    type="gem",
                    name=found["name"],
                    version=found["version"],
                    kept_files=self.count_left((*files, found[0]), describing),
                    total_files=len(files) + 1,
                    described_by=found[0],
                )
            )
        return Findings(components=tuple(components), further=tuple(further))

    def _files(self, base: str, full_name: str) -> Iterable[str]:
        folders = [f"{base}/gems/{full_name}"]
        for platform in self.index.children(f"{base}/extensions"):
            folders += [f"{abi.path}/{full_name}" for abi in self.index.children(platform.path)]
        for folder in folders:
            for entry in self.index.subtree(folder):
                if entry.type is not EntryType.DIRECTORY:
                    yield entry.path
