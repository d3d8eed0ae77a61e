"""What is looked at in files while a layer passes by: their first bytes, the databases of package
managers, and texts that may hold a secret."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from slimmer.files import name_of
from slimmer.secrets import secrets_of_file
from slimmer.xray.kinds import kind_by_head, kind_by_name, known_endings

_MANAGED: Final = re.compile(
    r"/var/lib/dpkg/(?:status|diversions|status\.d/.*|info/.*\.list)|/var/lib/apt/extended_states"
    r"|(?:/usr)?/lib/apk/db/installed|/etc/apk/world|(?:/etc|/usr/lib)/os-release"
    r"|/(?:var/lib|usr/lib/sysimage|usr/share)/rpm/(?:rpmdb\.sqlite|Packages(?:\.db)?)(?:-wal)?"
    r"|.*\.(?:dist|egg)-info/(?:METADATA|PKG-INFO|RECORD|installed-files\.txt|top_level\.txt)"
    r"|.*\.egg-info|.*/vendor/composer/installed\.json",
    re.DOTALL,
)
_MAY_BE_MANAGED: Final = re.compile(
    r"\.list\Z|-info(?:/|\Z)|/rpm/|/apk/|/dpkg/|os-release\Z|/extended_states\Z|/installed\.json\Z"
)
"""Quicker to ask, and says no to most paths."""
_LONGEST_DATABASE: Final = 256 << 20
_SMALL_DATABASE: Final = 64 * 1024
_LONGEST_TEXT: Final = 128 * 1024
"""Bytes of a text that is searched for secrets."""
_HEAD: Final = 8
_SEARCHED: Final = frozenset(
    (
        *known_endings(("certificate", "shell script")),
        *("json", "yaml", "yml", "toml", "ini", "cfg", "conf", "properties", "env", "xml", "txt"),
        *("config", "netrc", "npmrc", "pypirc", "yarnrc", "tfvars", "tfstate", "kubeconfig", "rc"),
        *("ppk", "gpg", "asc", "history", "bak", "old", "orig", "local", "production", "secret"),
        *("dockercfg", "git-credentials", "log", "htpasswd", "pgpass"),
    )
)
"""Endings of texts that people put secrets into."""
_PLAIN: Final = frozenset(known_endings()) - _SEARCHED - {"list", "json", "txt", "sqlite", "db"}
"""Endings that say what a file is, and that nobody looks into: those of most files. Databases of
package managers have none of them."""
_OF_DISTRIBUTION: Final = re.compile(r"/(?:usr/)?(?:s?bin|lib(?:32|64|x32|exec)?)/")
_LIBRARY: Final = re.compile(r"\.(?:so(?:\.[\w.]+)?|node)$")
_LONGEST_LIBRARY: Final = 64 << 20
_PROGRAM_HEAD: Final = 4096
"""Bytes in which a program names its loader."""
_UNLIKELY: Final = ("/usr/share/", "/var/lib/dpkg/", "/usr/lib/python3/dist-packages/", "/usr/lib/")
_UNLIKELY_ENDINGS: Final = frozenset({"json", "txt", "xml", "conf", "cfg", "ini", "yml", "yaml"})


@dataclass(frozen=True, slots=True)
class Stored:
    """A package manager's database, until all layers are read."""

    data: bytes
    is_packed: bool

    @classmethod
    def of(cls, data: bytes) -> Stored:
        """Large ones are compressed. Most are lists of few lines, of which all 600 together are no
        larger than one of those."""
        is_packed = len(data) > _SMALL_DATABASE
        return cls(zlib.compress(data, 1) if is_packed else data, is_packed)

    def content(self) -> bytes:
        return zlib.decompress(self.data) if self.is_packed else self.data


@dataclass(frozen=True, slots=True)
class Remark:
    """What one file's content tells."""

    kind: str = ""
    """By its first bytes; empty where its name tells it."""
    database: Stored | None = None
    """Of a package manager's."""
    secrets: tuple[tuple[str, int], ...] = ()
    """What it is, and in which line."""
    libc: str = ""
    """The C library that a program or library is linked to: `glibc`, `musl`. Only where it was
    asked for."""


class Inspection:
    """An `image.archive.Inspector`."""

    def wants(self, path: str, size: int, mode: int) -> int:
        if not size or path[path.rfind(".") + 1 :] in _PLAIN:
            return 0
        if _is_managed(path):
            return size if size <= _LONGEST_DATABASE else 0
        if size <= _LONGEST_TEXT and _may_hold_secrets(path):
            return size
        return 0 if kind_by_name(path) else _HEAD

    def inspect(self, path: str, head: bytes) -> Remark | None:
        if _is_managed(path):
            return Remark(database=Stored.of(head))
        kind = "" if kind_by_name(path) else kind_by_head(head)
        is_text = len(head) > _HEAD and b"\0" not in head[:512]
        secrets = tuple(secrets_of_file(name_of(path), head)) if is_text else ()
        return Remark(kind=kind, secrets=secrets) if kind or secrets else None


class LinkageInspection(Inspection):
    """One that also tells to which C library programs and libraries are linked that are not in the
    distribution's folders: those of the application, its wheels and addons."""

    def wants(self, path: str, size: int, mode: int) -> int:
        wanted = Inspection.wants(self, path, size, mode)
        if _OF_DISTRIBUTION.match(path):
            return wanted
        if _LIBRARY.search(path):
            return size if size <= _LONGEST_LIBRARY else wanted
        return max(wanted, _PROGRAM_HEAD) if mode & 0o111 and size > _PROGRAM_HEAD else wanted

    def inspect(self, path: str, head: bytes) -> Remark | None:
        remark = Inspection.inspect(self, path, head)
        libc = "" if _OF_DISTRIBUTION.match(path) else _libc(head)
        return replace(remark or Remark(), libc=libc) if libc else remark


def _libc(data: bytes) -> str:
    """By the loader that a program names, or by the library that another one needs."""
    if not data.startswith(b"\x7fELF"):
        return ""
    if b"/ld-musl-" in data or b"\0libc.musl-" in data or b"\0libc.so\0" in data:
        return "musl"
    return "glibc" if b"/ld-linux" in data or b"\0libc.so.6\0" in data else ""


def _is_managed(path: str) -> bool:
    return bool(_MAY_BE_MANAGED.search(path) and _MANAGED.fullmatch(path))


def _may_hold_secrets(path: str) -> bool:
    _, dot, ending = path.rpartition("/")[2].rpartition(".")
    if not dot:  # a name without an ending may be anything, but for programs
        return not path.startswith(("/usr/", "/bin/", "/var/lib/"))
    if ending not in _SEARCHED:
        return False
    return not (ending in _UNLIKELY_ENDINGS and path.startswith(_UNLIKELY))


class Databases:
    """A `values.Content` of the files that were kept; any other is empty."""

    def __init__(self, stored: Mapping[str, Stored]) -> None:
        self._stored = stored

    def fetch(self, paths: Iterable[str]) -> None:
        """All that there will be is here."""

    def open(self, path: str) -> BinaryIO:
        stored = self._stored.get(path)
        return io.BytesIO(stored.content() if stored else b"")

    def head(self, path: str, size: int) -> bytes:
        return self.open(path).read(size)
