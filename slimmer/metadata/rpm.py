"""Red Hat and SUSE: rpm's database is kept whole, since only rpm itself can write it.

So scanners of the slim image see all packages, which errs on the side of a warning too many. The
SBOM names those that are left.
"""

from __future__ import annotations

from slimmer.ecosystems import Component, Findings, Further, MetadataRequest, Reader
from slimmer.files import rpm_files
from slimmer.metadata.operating_system import OperatingSystem, read_operating_system
from slimmer.metadata.ownership import Remainder, remainders

_SYSTEM = ("/usr/", "/lib/", "/lib64/", "/bin/", "/sbin/", "/etc/")
_FOREIGN = ("/usr/local/", "/usr/src/")


class RpmReader(Reader):
    """rpm's database in any of its forms, at any of its places."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        self._left = remainders(request, "rpm")

    def findings(self) -> Findings:
        databases = rpm_files(self.index)
        because = self._left[0].kept[0] if self._left else self._first_of_system()
        if not databases or not because:
            return Findings()
        notes = [
            "rpm's database is kept whole: scanners will report packages that have no file in the "
            "image."
        ]
        if not any(package.manager == "rpm" for package in self.request.packages.packages):
            notes.append(
                f"{databases[0]} has a form that is not read: nobody knows which package a file "
                "belongs to, and the SBOM names none of rpm's packages."
            )
        system = read_operating_system(self.index, self.content)
        return Findings(
            components=tuple(_component(each, system, databases[0]) for each in self._left),
            further=tuple(
                Further(path=path, detail="rpm's database, kept whole", because=because)
                for path in databases
            ),
            notes=tuple(notes),
        )

    def _first_of_system(self) -> str:
        """A kept file that a package may own; empty where there is none."""
        of_system = (
            path
            for path in self.kept
            if path.startswith(_SYSTEM) and not path.startswith(_FOREIGN) and self.is_left(path)
        )
        return next(of_system, "")


def _component(remainder: Remainder, system: OperatingSystem | None, database: str) -> Component:
    package = remainder.package
    qualifiers = {"arch": package.architecture}
    epoch, colon, version = package.version.rpartition(":")
    if colon:
        qualifiers["epoch"] = epoch
    if system is not None:
        qualifiers["distro"] = system.release
    if package.source != package.name:
        qualifiers["upstream"] = package.source
    return Component(
        type="rpm",
        namespace=system.id if system is not None else "",
        name=package.name,
        version=version,
        qualifiers=tuple(sorted(qualifiers.items())),
        kept_files=len(remainder.kept),
        total_files=remainder.total,
        described_by=database,
        requires=remainder.requires,
        files=remainder.kept,
    )
