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

from slimmer.ecosystems.findings import Component, Findings, Further, Installed
from slimmer.ecosystems.reader import MetadataRequest, Reader
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
            for entry in request.by_ending.get(".gemspec", ())
            if entry.type is EntryType.FILE
            and (found := _SPECIFICATION.fullmatch(entry.path)) is not None
            and request.packages.owner(entry.path) is None
        ]

    def findings(self) -> Findings:
        components: list[Component] = []
        further: list[Further] = []
        installed: list[Installed] = []
        for found in self._specifications:
            files = list(self._files(found["base"], found["full"]))
            left = [path for path in files if path in self.kept]
            installed.append(self.installed("gem", found["name"], files, found["version"]))
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
                self.component(
                    "gem",
                    found["name"],
                    found["version"],
                    files=(*files, found[0]),
                    described_by=found[0],
                    further=describing,
                )
            )
        return Findings(
            components=tuple(components), further=tuple(further), installed=tuple(installed)
        )

    def _files(self, base: str, full_name: str) -> Iterable[str]:
        folders = [f"{base}/gems/{full_name}"]
        for platform in self.index.children(f"{base}/extensions"):
            folders += [f"{abi.path}/{full_name}" for abi in self.index.children(platform.path)]
        for folder in folders:
            yield from self.files_below(folder)
