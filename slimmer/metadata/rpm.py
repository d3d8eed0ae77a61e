"""Red Hat and SUSE: rpm's database is kept whole.

Its files are not read (see rootfs.packages), so which packages are left is not known: whatever of
the system is left, all packages are reported. That errs on the side of a warning too many.
"""

from __future__ import annotations

from slimmer.ecosystems import Findings, Further, Reader
from slimmer.values import EntryType

_FOLDERS = ("/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm")
_DATABASES = ("rpmdb.sqlite", "Packages", "Packages.db")
"""SQLite since rpm 4.16, Berkeley DB before, ndb on SUSE."""

_SYSTEM = ("/usr/", "/lib/", "/lib64/", "/bin/", "/sbin/", "/etc/")
_FOREIGN = ("/usr/local/", "/usr/src/")


class RpmReader(Reader):
    """rpm's database in any of its forms, at any of its places."""

    def findings(self) -> Findings:
        databases = [
            entry.path
            for folder in _FOLDERS
            for name in _DATABASES
            if (entry := self.index.resolve(f"{folder}/{name}").entry) is not None
            and entry.type is EntryType.FILE
        ]
        because = next(
            (
                path
                for path in self.kept
                if path.startswith(_SYSTEM) and not path.startswith(_FOREIGN) and self.is_left(path)
            ),
            None,
        )
        if not databases or because is None:
            return Findings()
        paths = list(dict.fromkeys(databases))
        return Findings(
            further=tuple(
                Further(path=path, detail="rpm's database, kept whole", because=because)
                for path in paths
            ),
            notes=(
                "rpm's database is kept whole: scanners will report packages that "
                "have no file in the image, and the SBOM names none of rpm's packages.",
            ),
        )
