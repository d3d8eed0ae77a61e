"""How an image's own tools tell which files a package has, and how the packages that are taken are
described to scanners. Both are commands of the shell in its build."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_NOT_NEEDED: Final = "^/usr/share/(doc/.*/[^c]|info|lintian|locale|man)"
"""Documentation but for copyright notices, as a regular expression of grep."""
_WIDTH: Final = 88


@dataclass(frozen=True, kw_only=True)
class Copier:
    """One way to copy paths."""

    tool: str
    command: Callable[[str, str, str], str]
    """Of (a list of paths, escape character, folder) the command that copies these, and nothing
    below them, into the folder."""


@dataclass(frozen=True, kw_only=True)
class Manager:
    """One package manager."""

    databases: tuple[str, ...]
    """Where it keeps what is installed; an image that has one of them is its."""
    tools: tuple[str, ...]
    """Programs that its commands need, beside those that every gathering needs."""
    copier: Copier
    lists: Callable[[Sequence[str], str, str], str]
    """Of (packages, escape character, database) the command that prints their files."""
    describes: Callable[[Sequence[str], str, str, str], list[str]]
    """Of (packages, escape character, database, folder) the commands that describe them below that
    folder."""


def manager_of(paths: Collection[str]) -> tuple[Manager, str] | None:
    """The image's, with its database; None where it has none that is known."""
    for manager in (DPKG, APK, RPM):
        for database in manager.databases:
            if database in paths:
                return manager, database
    return None


def copier_among(programs: Collection[str]) -> Copier:
    """For an image whose package manager does not tell whose tools it has. Beside a busybox, tar is
    taken for its own."""
    return TAR if "tar" in programs and "busybox" not in programs else CPIO


def listed(words: Iterable[str], escape: str) -> str:
    """Words of a shell on lines of their own, filled up to the usual width."""
    lines, line = [], ""
    for word in words:
        if line and len(line) + len(word) > _WIDTH:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "".join(f" {escape}\n       {each}" for each in (*lines, line) if each)


def _files_of_dpkg(packages: Sequence[str], escape: str, database: str) -> str:
    return f"dpkg --listfiles{listed(packages, escape)} {escape}\n      | grep -Ev '{_NOT_NEEDED}'"


def _described_by_dpkg(
    packages: Sequence[str], escape: str, database: str, folder: str
) -> list[str]:
    return [
        f"mkdir -p {folder}/var/lib/dpkg/status.d",
        f"for package in{listed(packages, escape)} {escape}\n    ; do dpkg-query --status"
        f' "$package" >"{folder}/var/lib/dpkg/status.d/$package" || exit 1; done',
    ]


def _files_of_apk(packages: Sequence[str], escape: str, database: str) -> str:
    """`P:` is a package, `F:` a directory of it, and `R:` a file in that."""
    program = (
        '/^P:/ { taken = substr($0, 3) in wanted } /^F:/ { folder = "/" substr($0, 3) }'
        ' taken && /^R:/ { sub("^/$", "", folder); print folder "/" substr($0, 3) }'
    )
    return f"{_wanted(packages, escape)}{program}' - {database}"


def _described_by_apk(
    packages: Sequence[str], escape: str, database: str, folder: str
) -> list[str]:
    """A package ends with an empty line."""
    program = (
        r'{ text = text $0 "\n" } /^P:/ { taken = substr($0, 3) in wanted }'
        r' /^$/ { if (taken) printf "%s", text; text = ""; taken = 0 }'
    )
    above = database.rpartition("/")[0]
    return [
        f"mkdir -p {folder}{above}",
        f"{_wanted(packages, escape)}{program}' - {database} >{folder}{database}",
    ]


def _files_of_rpm(packages: Sequence[str], escape: str, database: str) -> str:
    """Of a package without files it says so. Links of debuggers lead to programs by a number."""
    return (
        f"rpm --query --list{listed(packages, escape)} {escape}\n"
        f"      | grep '^/' | grep -Ev '{_NOT_NEEDED}|^/usr/lib/\\.build-id(/|$)'"
    )


def _described_by_rpm(
    packages: Sequence[str], escape: str, database: str, folder: str
) -> list[str]:
    """Only rpm writes its database, which is kept whole, as a slim build does; with its journal."""
    above = posixpath.dirname(database)
    return [f"mkdir -p {folder}{above}", f"cp -p {database}* {folder}{above}"]


def _wanted(packages: Sequence[str], escape: str) -> str:
    """The beginning of a program of awk that knows them by name."""
    return (
        rf"printf '%s\n'{listed(packages, escape)} {escape}"
        "\n      | awk 'FNR == NR { wanted[$0]; next } "
    )


def _copy_by_tar(paths: str, escape: str, folder: str) -> str:
    """GNU's, which knows file capabilities; documentation that was never unpacked is listed."""
    return (
        "tar --create --no-recursion --numeric-owner --xattrs --ignore-failed-read"
        f" --files-from={paths} {escape}\n"
        "      | tar --extract --preserve-permissions --numeric-owner --xattrs"
        f" '--xattrs-include=*' --directory={folder}"
    )


def _copy_by_cpio(paths: str, escape: str, folder: str) -> str:
    """That of busybox, whose tar reads no list. File capabilities are lost."""
    return (
        f"sed 's#^/##' {paths} | (cd / && cpio -o -H newc) {escape}\n"
        f"      | (cd {folder} && cpio -i -d -m -u)"
    )


TAR: Final = Copier(tool="tar", command=_copy_by_tar)
CPIO: Final = Copier(tool="cpio", command=_copy_by_cpio)
DPKG: Final = Manager(
    databases=("/var/lib/dpkg/status",),
    tools=("dpkg", "dpkg-query", "grep"),
    copier=TAR,
    lists=_files_of_dpkg,
    describes=_described_by_dpkg,
)
APK: Final = Manager(
    databases=("/lib/apk/db/installed", "/usr/lib/apk/db/installed"),
    tools=(),
    copier=CPIO,
    lists=_files_of_apk,
    describes=_described_by_apk,
)
RPM: Final = Manager(
    databases=tuple(
        f"{folder}/{name}"
        for folder in ("/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm")
        for name in ("rpmdb.sqlite", "Packages.db", "Packages")
    ),
    tools=("rpm", "grep"),
    copier=TAR,
    lists=_files_of_rpm,
    describes=_described_by_rpm,
)
