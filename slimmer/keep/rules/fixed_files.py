"""The few files without which programs do not behave, whether or not a probe made them be read.

Each of these rules is a list of well-known paths; what is not in the image is not missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from slimmer.keep.rule import Rule, Want


class FixedFilesRule(Rule):
    """Base of the rules whose paths are the same in every image."""

    detail: ClassVar[str]
    """For what the paths are there."""
    paths: ClassVar[tuple[str, ...]]

    def begin(self) -> Iterable[Want]:
        for path in self.paths:
            yield Want(path=path, detail=self.detail)


class AccountsRule(FixedFilesRule):
    """Engines read these as well, for USER and for `docker exec --user`."""

    name = "accounts"
    summary = "names of users and groups"
    detail = "user and group names"
    paths = ("/etc/passwd", "/etc/group")


class NetworkFilesRule(FixedFilesRule):
    """Read at the first lookup of a name, a service or a protocol."""

    name = "network-files"
    summary = "tables of hosts, services and protocols, configuration of the resolver"
    detail = "read by lookups of hosts, services and protocols"
    paths = (
        "/etc/hosts",
        "/etc/resolv.conf",
        "/etc/host.conf",
        "/etc/gai.conf",
        "/etc/services",
        "/etc/protocols",
    )


class OsReleaseRule(FixedFilesRule):
    """Scanners look here first, and programs that report where they run."""

    name = "os-release"
    summary = "which distribution and release this is"
    detail = "tells the distribution and its release"
    paths = (
        "/etc/os-release",
        "/usr/lib/os-release",
        "/etc/debian_version",
        "/etc/alpine-release",
        "/etc/redhat-release",
        "/etc/system-release",
        "/etc/lsb-release",
    )


class TemporaryDirectoriesRule(FixedFilesRule):
    """Programs take these for given, with their modes."""

    name = "temporary-directories"
    summary = "the directories that programs write to without asking"
    detail = "programs write here without asking"
    paths = ("/tmp", "/var/tmp", "/run", "/var/run", "/var/lock")


class MountPointsRule(FixedFilesRule):
    """The engine mounts over these."""

    name = "mount-points"
    summary = "the directories that the engine mounts over"
    detail = "the engine mounts over it"
    paths = ("/proc", "/sys", "/dev")
