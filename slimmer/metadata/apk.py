"""Alpine and Wolfi: apk's installed database, cut down to the packages and files that are left.

A stanza is a package's fields, then `F:` lines for its directories, each with the `R:` lines of
its files behind it; `M:` belongs to the directory, `a:` and `Z:` to the file before it.
https://wiki.alpinelinux.org/wiki/Apk_spec
"""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.ecosystems import (
    Component,
    Findings,
    Generated,
    MetadataRequest,
    Reader,
    encoded,
)
from slimmer.files import join
from slimmer.metadata.operating_system import OperatingSystem, read_operating_system
from slimmer.metadata.ownership import Remainder, remainders
from slimmer.values import EntryType

_DATABASES = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")


class ApkReader(Reader):
    """apk's database, one file."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        self._left = remainders(request, "apk")

    def reads(self) -> Iterable[str]:
        return self._databases() if self._left else ()

    def findings(self) -> Findings:
        if not self._left:
            return Findings()
        system = read_operating_system(self.index, self.content)
        generated: list[Generated] = []
        components: list[Component] = []
        notes: list[str] = []
        for path in self._databases():
            stanzas = self.text(path).split("\n\n")
            left = {
                (remainder.package.name, remainder.package.version): remainder
                for remainder in self._left
            }
            kept = [
                (remainder, stanza)
                for stanza in stanzas
                if (remainder := left.get(_identity(stanza))) is not None
            ]
            components += [_component(remainder, system, path) for remainder, _ in kept]
            if self.is_used(path):
                notes.append(
                    f"{path} is kept as it was, because it was used or asked for: scanners will "
                    "report packages that have no file in the image."
                )
                continue
            entry = self.index.get(path)
            text = "".join(self._cut(stanza) + "\n\n" for _, stanza in kept)
            generated.append(
                Generated(
                    path=path,
                    content=encoded(text),
                    mtime_ns=entry.mtime_ns if entry is not None else 0,
                    detail=f"tells scanners which {len(kept)} packages are here",
                )
            )
        return Findings(
            components=tuple(components), generated=tuple(generated), notes=tuple(notes)
        )

    def _databases(self) -> list[str]:
        entries = (self.index.resolve(path).entry for path in _DATABASES)
        files = (entry.path for entry in entries if entry and entry.type is EntryType.FILE)
        return list(dict.fromkeys(files))

    def _cut(self, stanza: str) -> str:
        """The stanza without the files that are gone, and without directories left empty."""
        lines: list[str] = []
        pending: list[str] = []
        directory = ""
        file_is_left = True
        in_files = False
        for line in stanza.strip("\n").split("\n"):
            letter, _, value = line.partition(":")
            if letter == "F":
                directory, pending, in_files = f"/{value}" if value else "/", [line], True
                file_is_left = False
            elif letter == "R":
                file_is_left = self.is_left(self._real_path(directory, value))
                if file_is_left:
                    lines += [*pending, line]
                    pending = []
            elif letter == "M" and in_files:
                pending.append(line)
            elif file_is_left:
                lines.append(line)
        return "\n".join(lines)

    def _real_path(self, directory: str, name: str) -> str:
        path = join(directory, name)
        return path if path in self.index else join(self.index.real_path(directory) or "/", name)


def _identity(stanza: str) -> tuple[str, str]:
    fields: dict[str, str] = {}
    for line in stanza.split("\n"):
        letter, _, value = line.partition(":")
        if letter in ("P", "V"):
            fields.setdefault(letter, value)
    return fields.get("P", ""), fields.get("V", "")


def _component(remainder: Remainder, system: OperatingSystem | None, path: str) -> Component:
    package = remainder.package
    qualifiers = {"arch": package.architecture}
    if system is not None:
        qualifiers["distro"] = system.release
    if package.source and package.source != package.name:
        qualifiers["upstream"] = package.source
    return Component(
        type="apk",
        namespace=system.id if system is not None else "alpine",
        name=package.name,
        version=package.version,
        qualifiers=tuple(sorted(qualifiers.items())),
        kept_files=len(remainder.kept),
        total_files=remainder.total,
        described_by=path,
        requires=remainder.requires,
        files=remainder.kept,
    )
