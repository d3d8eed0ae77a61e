"""PHP: Composer's list of installed packages, cut down to those of which files are left.

    vendor/composer/installed.json    read by scanners and by Composer itself
    vendor/composer/installed.php     read by applications; nothing is changed there

The packages' folders are named in the list, relative to it.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

from slimmer.ecosystems.findings import Component, Findings, Generated, Installed
from slimmer.ecosystems.reader import MetadataRequest, Reader
from slimmer.files import join, parent_of
from slimmer.values import Entry, EntryType

_LIST = "/vendor/composer/installed.json"


class ComposerReader(Reader):
    """Every vendor folder of the image."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        self._lists = [
            entry
            for entry in request.by_ending.get(".json", ())
            if entry.path.endswith(_LIST)
            and entry.type is EntryType.FILE
            and request.packages.owner(entry.path) is None
        ]

    def reads(self) -> Iterable[str]:
        return (entry.path for entry in self._lists)

    def findings(self) -> Findings:
        components: list[Component] = []
        generated: list[Generated] = []
        installed: list[Installed] = []
        for entry in self._lists:
            try:
                document: Any = json.loads(self.data(entry.path))
            except ValueError:
                continue
            listed = document.get("packages") if isinstance(document, dict) else None
            if not isinstance(listed, list):
                continue
            folders = list(_folders(entry, listed))
            installed += (
                self.installed(
                    "composer",
                    str(package["name"]),
                    self.files_below(root),
                    str(package["version"]).removeprefix("v"),
                )
                for package, root in folders
            )
            left = list(self._left(entry, folders))
            if not left:
                continue
            components += [component for _, component, _ in left]
            if self.is_used(entry.path):
                continue
            names = [package["name"] for package, _, _ in left]
            cut = document | {"packages": [package for package, _, _ in left]}
            if "dev-package-names" in document:
                cut["dev-package-names"] = [
                    name for name in document["dev-package-names"] if name in names
                ]
            generated.append(
                Generated(
                    path=entry.path,
                    content=json.dumps(cut, indent=4, ensure_ascii=False).encode() + b"\n",
                    mtime_ns=entry.mtime_ns,
                    detail=f"tells scanners which {len(left)} Composer packages are here",
                    because=left[0][2],
                )
            )
        return Findings(
            components=tuple(components), generated=tuple(generated), installed=tuple(installed)
        )

    def _left(
        self, entry: Entry, folders: Iterable[tuple[dict[str, Any], str]]
    ) -> Iterator[tuple[dict[str, Any], Component, str]]:
        """(the list's own entry, component, a file that is left) of each package with files."""
        for package, root in folders:
            files = list(self.files_below(root))
            kept = [path for path in files if path in self.kept]
            if not kept:
                continue
            vendor, _, short = package["name"].rpartition("/")
            component = self.component(
                "composer",
                short,
                package["version"].removeprefix("v"),
                namespace=vendor,
                files=files,
                described_by=entry.path,
            )
            yield package, component, kept[0]


def _folders(entry: Entry, listed: list[Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each entry of the list that says what it is and where, with its folder."""
    for package in listed:
        if isinstance(package, dict) and all(
            isinstance(package.get(key), str) for key in ("name", "version", "install-path")
        ):
            yield package, posixpath.normpath(join(parent_of(entry.path), package["install-path"]))
