"""Java archives describe themselves: what is kept is read, and nothing has to be added.

Maven writes `META-INF/maven/GROUP/ARTIFACT/pom.properties` into what it builds; an archive without
one is not named. Archives inside an archive (Spring Boot, war files) are read one level deep.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from slimmer.ecosystems.findings import Component, Findings
from slimmer.ecosystems.reader import MetadataRequest, Reader
from slimmer.files import name_of
from slimmer.values import EntryType

_SUFFIXES = (".jar", ".war", ".ear", ".par")
_LONGEST_PROPERTIES = 64 * 1024
_LARGEST_INNER_ARCHIVE = 64 * 1024 * 1024


class JavaReader(Reader):
    """Archives that are kept and that no package of the system owns."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        self._archives = [
            path
            for path in self.kept
            if path.lower().endswith(_SUFFIXES)
            and self.is_file(path)
            and request.packages.owner(path) is None
        ]

    def reads(self) -> Iterable[str]:
        return self._archives

    def findings(self) -> Findings:
        components: list[Component] = []
        for path in self._archives:
            with self.content.open(path) as stream:
                components += (
                    self.component(
                        "maven",
                        artifact,
                        version,
                        namespace=group,
                        files=(path,),
                        described_by=path,
                    )
                    for group, artifact, version in _coordinates(stream, depth=1)
                )
        return Findings(
            components=tuple(dict.fromkeys(components)),
            installed=tuple(
                self.installed("jar", name_of(entry.path), (entry.path,))
                for ending in _SUFFIXES
                for entry in self.request.by_ending.get(ending, ())
                if entry.type is EntryType.FILE
                and name_of(entry.path) != "jrt-fs.jar"  # a JDK's own
                and self.request.packages.owner(entry.path) is None
            ),
        )


def _coordinates(stream: IO[bytes], depth: int) -> Iterator[tuple[str, str, str]]:
    """(group id, artifact id, version) of what the archive says to hold; nothing where it is
    none."""
    try:
        with zipfile.ZipFile(stream) as archive:
            for member in archive.infolist():
                name = member.filename
                if name.startswith("META-INF/maven/") and name.endswith("/pom.properties"):
                    if member.file_size <= _LONGEST_PROPERTIES:
                        yield from _properties(archive.read(member))
                elif (
                    depth
                    and name.lower().endswith(_SUFFIXES)
                    and member.file_size <= _LARGEST_INNER_ARCHIVE
                ):
                    yield from _coordinates(io.BytesIO(archive.read(member)), depth - 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        return


def _properties(data: bytes) -> Iterator[tuple[str, str, str]]:
    fields: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        name, equals, value = line.partition("=")
        if equals:
            fields[name.strip()] = value.strip()
    found = (fields.get("groupId", ""), fields.get("artifactId", ""), fields.get("version", ""))
    if all(found):
        yield found
