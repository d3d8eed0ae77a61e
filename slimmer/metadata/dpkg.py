"""Debian and its children: one file for each package that is left, as distroless images have it.

    /var/lib/dpkg/status.d/zlib1g            the fields of the package
    /var/lib/dpkg/status.d/zlib1g.md5sums    its files that are left, with the package's own sums

`/var/lib/dpkg/status` and `info/*.list` name what is gone, and scanners that find both read both:
they are dropped, unless the application itself uses them. Sums are those of the package and not
of the files, so that a changed file is still seen to be changed.
https://github.com/GoogleContainerTools/distroless/blob/main/PACKAGE_METADATA.md
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from slimmer.ecosystems import (
    Component,
    Findings,
    Further,
    Generated,
    MetadataRequest,
    Reader,
    encoded,
)
from slimmer.files import join, name_of, parent_of
from slimmer.metadata.documentation import common_licenses
from slimmer.metadata.operating_system import OperatingSystem, read_operating_system
from slimmer.metadata.ownership import Remainder, remainders
from slimmer.values import EntryType

_STATUS = "/var/lib/dpkg/status"
_SINGLE = "/var/lib/dpkg/status.d"
_INFO = "/var/lib/dpkg/info"
_SUMS = ".md5sums"
_PACKAGE = re.compile(r"^Package:[ \t]*(\S+)", re.MULTILINE)

_USED = (
    f"{_STATUS} is kept as it was, because it was used or asked for: scanners will report packages "
    "that have no file in the image."
)

_QUERY = "/usr/bin/dpkg-query"
_NOT_ANSWERED = (
    "{script} asks dpkg-query for packages, which will find none: what is left is told in "
    f"{_SINGLE}, as in distroless images. --include {_STATUS} keeps dpkg's list as it was."
)

PARTIAL_FIELD = "X-Slimmer-Files"
"""`KEPT/TOTAL` in the entry of a package that lost files; unknown fields are skipped by readers."""


class DpkgReader(Reader):
    """dpkg's database in either form: one status file, or one for each package."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        self._left = remainders(request, "dpkg")
        self._real_directories: dict[str, str] = {}
        self._licence_files: set[str] = set()

    def reads(self) -> Iterable[str]:
        if not self._left:
            return
        yield from self._databases()
        for remainder in self._left:
            yield from filter(self.is_file, self._sum_files(remainder))
            copyright_file = self.index.resolve(_copyright(remainder)).entry
            if copyright_file is not None and copyright_file.type is EntryType.FILE:
                yield copyright_file.path

    def findings(self) -> Findings:
        if not self._left:
            return Findings()
        system = read_operating_system(self.index, self.content)
        stanzas = dict(self._stanzas())
        is_used = self.is_used(_STATUS)
        components: list[Component] = []
        further = [each for remainder in self._left for each in self._licenses(remainder)]
        self._licence_files = {self.index.real_path(each.path) for each in further}
        generated: list[Generated] = []
        for remainder in self._left:
            package = remainder.package
            stanza = stanzas.get((package.name, package.architecture, package.version))
            if stanza is None:
                continue
            place = _STATUS if is_used else join(_SINGLE, self._file_name(remainder))
            total = max(remainder.total, stanza.total)
            components.append(_component(remainder, stanza, system, place, total=total))
            if not is_used:
                generated += self._status_files(remainder, stanza, place, total=total)
        return Findings(
            components=tuple(components),
            further=tuple(further),
            generated=tuple(generated),
            superseded=() if is_used else tuple(self._superseded()),
            notes=(_USED,) if is_used else tuple(self._unanswered()),
        )

    def _unanswered(self) -> Iterator[str]:
        """Of the author's own scripts that ask dpkg itself, the first."""
        reasons = self.request.keep.reasons.get(self.index.real_path(_QUERY), ())
        scripts = {reason.because for reason in reasons if reason.because}
        own = [each for each in scripts if self.request.packages.owner(each) is None]
        if own:
            yield _NOT_ANSWERED.format(script=min(own))

    def _superseded(self) -> Iterator[str]:
        """What names packages and files that are gone. No rule asks for it; a whole folder may."""
        yield from (_STATUS, "/var/lib/dpkg/status-old", "/var/lib/dpkg/available")
        for entry in self.index.children(_INFO):
            if entry.path.endswith((".list", _SUMS)) and not self.is_used(entry.path):
                yield entry.path

    def _databases(self) -> list[str]:
        single = (entry.path for entry in self.index.children(_SINGLE))
        files = [path for path in single if not path.endswith(_SUMS)]
        return [path for path in (_STATUS, *files) if self.is_file(path)]

    def _stanzas(self) -> Iterator[tuple[tuple[str, str, str], Stanza]]:
        left = {remainder.package.name for remainder in self._left}
        for file in self._databases():
            for text in re.split(r"\n(?:[ \t]*\n)+", self.text(file)):
                name = _PACKAGE.search(text)
                if name is not None and name[1] in left:
                    stanza = read_stanza(text, file)
                    architecture, version = stanza.value("Architecture"), stanza.value("Version")
                    yield (stanza.name, architecture, version), stanza

    def _sum_files(self, remainder: Remainder) -> tuple[str, ...]:
        """Where the package's sums may lie; the first that exists has them."""
        name, architecture = remainder.package.name, remainder.package.architecture
        return (
            f"{_INFO}/{name}:{architecture}{_SUMS}",
            f"{_INFO}/{name}{_SUMS}",
            f"{_SINGLE}/{name}:{architecture}{_SUMS}",
            f"{_SINGLE}/{name}{_SUMS}",
        )

    def _file_name(self, remainder: Remainder) -> str:
        """The package's name, with its architecture where two of them are left."""
        package = remainder.package
        namesakes = sum(other.package.name == package.name for other in self._left)
        return package.name if namesakes == 1 else f"{package.name}:{package.architecture}"

    def _status_files(
        self, remainder: Remainder, stanza: Stanza, place: str, *, total: int
    ) -> Iterator[Generated]:
        package = remainder.package
        source = self.index.get(stanza.file)
        mtime = source.mtime_ns if source is not None else 0
        kept_sums = list(self._kept_sums(remainder, stanza))
        partial = f"{len(remainder.kept)}/{total}" if len(remainder.kept) < total else ""
        left_conffiles = {path for path, _ in self._kept_conffiles(remainder, stanza)}
        yield Generated(
            path=place,
            content=encoded(stanza.written(conffiles=left_conffiles, partial=partial)),
            mtime_ns=mtime,
            detail=f"tells scanners that the package {package.name} is here",
            because=remainder.kept[0],
        )
        if kept_sums:
            lines = (f"{digest}  {path.lstrip('/')}\n" for path, digest in sorted(kept_sums))
            yield Generated(
                path=place + _SUMS,
                content=encoded("".join(lines)),
                mtime_ns=mtime,
                detail=f"lists the files of the package {package.name} that are left",
                because=remainder.kept[0],
            )

    def _kept_sums(self, remainder: Remainder, stanza: Stanza) -> Iterator[tuple[str, str]]:
        """(real path, MD5 sum) of each file that is left and that the package has a sum for."""
        file = next(filter(self.is_file, self._sum_files(remainder)), None)
        if file is not None:
            for line in self.text(file).split("\n"):
                digest, _, path = line.partition("  ")
                real = self._real_path("/" + path.lstrip("/")) if path else ""
                if real and self._is_of(remainder, real):
                    yield real, digest
        for path, digest in self._kept_conffiles(remainder, stanza):
            real = self._real_path(path)
            if file is None or file.startswith(_INFO):
                yield real, digest

    def _kept_conffiles(self, remainder: Remainder, stanza: Stanza) -> Iterator[tuple[str, str]]:
        """(path as recorded, MD5 sum) of each configuration file that is left."""
        for path, digest in stanza.conffiles():
            real = self._real_path(path)
            if real and self._is_of(remainder, real):
                yield path, digest

    def _is_of(self, remainder: Remainder, real: str) -> bool:
        """Whether the file will be in the image and is this package's: a diverted one is not."""
        will_be_there = real in self.kept or (
            real in self._licence_files and not self.request.excludes.covers(real)
        )
        return will_be_there and self.request.packages.owner(real) == remainder.package

    def _real_path(self, recorded: str) -> str:
        """`/usr/bin/ls` for a recorded `/bin/ls` where /bin has become a link; empty where the
        image has no such file."""
        if recorded in self.index:
            return recorded
        directory = parent_of(recorded)
        real = self._real_directories.get(directory)
        if real is None:
            real = self._real_directories[directory] = self.index.real_path(directory)
        path = join(real, name_of(recorded)) if real else ""
        return path if path in self.index else ""

    def _licenses(self, remainder: Remainder) -> Iterator[Further]:
        """The package's copyright file, and the licences that it refers to: nobody may hand on
        the files without them, and scanners read them."""
        path = _copyright(remainder)
        entry = self.index.resolve(path).entry
        if entry is None or entry.type is not EntryType.FILE:
            return
        name = remainder.package.name
        yield Further(path=path, detail=f"licence of the package {name}", because=remainder.kept[0])
        for license_text in sorted(common_licenses(self.data(entry.path))):
            yield Further(
                path=license_text, detail="a licence that it refers to", because=entry.path
            )


@dataclass(frozen=True, kw_only=True)
class Stanza:
    """One package's fields (deb-control(5)), in their order."""

    file: str
    """The file of the original that it was read from."""
    fields: tuple[tuple[str, str], ...]
    """(name, value with its continuation lines)."""

    @property
    def name(self) -> str:
        return self.value("Package")

    @property
    def total(self) -> int:
        """Files that the package had before an earlier slimming; 0 where there was none."""
        total = self.value(PARTIAL_FIELD).partition("/")[2]
        return int(total) if total.isdigit() else 0

    def value(self, field: str) -> str:
        """The field's value; empty where it is missing."""
        return next((value.strip() for name, value in self.fields if name == field), "")

    def conffiles(self) -> Iterator[tuple[str, str]]:
        """(path, MD5 sum as packaged) of each configuration file."""
        for line in self.value("Conffiles").split("\n"):
            words = line.split()
            if len(words) >= 2 and words[0].startswith("/") and len(words[1]) == 32:
                yield words[0], words[1]

    def written(self, *, conffiles: set[str], partial: str) -> str:
        """The stanza for status.d: no Status, since the file's being there says it; only these
        of the configuration files."""
        lines = []
        for name, value in self.fields:
            if name == "Conffiles":
                left = [
                    line
                    for line in value.split("\n")
                    if line.split()[:1] and line.split()[0] in conffiles
                ]
                if left:
                    lines.append("\n".join((f"{name}:", *left)))
            elif name not in ("Status", PARTIAL_FIELD):
                lines.append(f"{name}:{value}")
        if partial:
            lines.append(f"{PARTIAL_FIELD}: {partial}")
        return "\n".join(lines) + "\n"


def read_stanza(text: str, file: str) -> Stanza:
    """The fields of one stanza; lines before the first field are left out."""
    fields: list[tuple[str, str]] = []
    for line in text.split("\n"):
        if line[:1] in (" ", "\t"):
            if fields:
                name, value = fields[-1]
                fields[-1] = (name, f"{value}\n{line}")
        else:
            name, colon, value = line.partition(":")
            if colon:
                fields.append((name, value))
    return Stanza(file=file, fields=tuple(fields))


def _copyright(remainder: Remainder) -> str:
    return f"/usr/share/doc/{remainder.package.name}/copyright"


def _component(
    remainder: Remainder,
    stanza: Stanza,
    system: OperatingSystem | None,
    place: str,
    *,
    total: int,
) -> Component:
    package = remainder.package
    qualifiers = {"arch": package.architecture}
    if system is not None:
        qualifiers["distro"] = system.release
    # Weaknesses are filed under the source package: "glibc (2.36-9)" is its name and version.
    source, _, version = stanza.value("Source").partition(" ")
    if source and source != package.name:
        version = version.strip("()")
        qualifiers["upstream"] = f"{source}@{version}" if version else source
    return Component(
        type="deb",
        namespace=system.id if system is not None else "debian",
        name=package.name,
        version=package.version,
        qualifiers=tuple(sorted(qualifiers.items())),
        kept_files=len(remainder.kept),
        total_files=total,
        described_by=place,
        requires=remainder.requires,
        files=remainder.kept,
    )
