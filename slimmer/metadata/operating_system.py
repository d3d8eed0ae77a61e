"""Which distribution the image is, from os-release(5)."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from slimmer.files import RootfsIndex
from slimmer.values import Content, EntryType

_FILES = ("/etc/os-release", "/usr/lib/os-release")


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatingSystem:
    """The distribution that packages were made for."""

    id: str
    """`debian`, `alpine`, …: ID of os-release."""
    version: str
    """`12`, `3.20.3`: VERSION_ID; empty for rolling distributions."""
    name: str
    """PRETTY_NAME, for people."""

    @property
    def release(self) -> str:
        """`debian-12`: the package URL's `distro` qualifier."""
        return f"{self.id}-{self.version}" if self.version else self.id


def release_files(index: RootfsIndex) -> list[str]:
    """The file that `read_operating_system` reads, as its real path; none where there is none."""
    for path in _FILES:
        entry = index.resolve(path).entry
        if entry is not None and entry.type is EntryType.FILE:
            return [entry.path]
    return []


def read_operating_system(index: RootfsIndex, content: Content) -> OperatingSystem | None:
    """The distribution; None where no os-release names one."""
    fields: dict[str, str] = {}
    for path in release_files(index):
        with content.open(path) as stream:
            text = stream.read().decode("utf-8", "replace")
        for line in text.splitlines():
            name, equals, value = line.strip().partition("=")
            if equals and not name.startswith("#"):
                fields[name] = _unquoted(value)
    if not fields.get("ID"):
        return None
    return OperatingSystem(
        id=fields["ID"],
        version=fields.get("VERSION_ID", ""),
        name=fields.get("PRETTY_NAME") or fields.get("NAME") or fields["ID"],
    )


def _unquoted(value: str) -> str:
    """The value as a shell would assign it; as it stands where it is no shell word."""
    try:
        return "".join(shlex.split(value))
    except ValueError:
        return value
