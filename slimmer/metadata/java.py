"""Java archives describe themselves: what is kept is read, and nothing has to be added.

Maven writes `META-INF/maven/GROUP/ARTIFACT/pom.properties` into what it builds; an archive without
one is not named. Archives inside an archive (Spring Boot, war files) are read one level deep.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from slimmer.metadata.findings import Component, Findings
from slimmer.metadata.operating_system import OperatingSystem
from slimmer.metadata.reader import Reader
from slimmer.metadata.result import MetadataRequest

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

    def findings(self, system: OperatingSystem | None) -> Findings:
        components: dict[tuple[str, str, str, str], Component] = {}
        for path in self._archives:
            with self.content.open(path) as stream:
                for group, artifact, version in _coordinates(stream, depth=1):
                    components.setdefault(
                        (group, artifact, version, path),
                        Component(
                            type="maven",
                            namespace=group,
                            name=artifact,
                            version=version,
                            kept_files=1,
                            total_files=1,
                            described_by=path,
                        ),
                    )
        return Findings(components=tuple(components.values()))


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
