"""The image's own files: what its author put there, whatever the place.

No distribution package owns them, no environment of a language holds them, no package's script
made them, and they are nothing that is only there to build something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slimmer.files import PackageDatabase, Readings, RootfsIndex, is_below, name_of, parent_of
from slimmer.keep.below import Below
from slimmer.keep.environments import Environments
from slimmer.values import Entry, EntryType

# What compilers leave behind, and what editors and operating systems do.
LEFT_OVER = (".o", ".a", ".la", ".obj", ".swp", "~", ".DS_Store")
# What the kernel and the engine bring, what is thrown away, what only builds, what installs, and
# what a distribution makes of all packages together: tables, links and caches. For whatever of it
# a program needs there is a rule.
_NOBODYS = frozenset(
    (
        *("/boot", "/dev", "/lost+found", "/media", "/mnt", "/proc", "/run", "/sys", "/tmp"),
        *("/usr/include", "/usr/src", "/usr/local/include", "/usr/local/man", "/usr/local/src"),
        *("/usr/local/share/doc", "/usr/local/share/info", "/usr/local/share/man"),
        *("/usr/share/applications", "/usr/share/doc", "/usr/share/icons", "/usr/share/info"),
        *("/usr/share/man", "/usr/share/mime", "/usr/share/vim", "/var/cache", "/var/log"),
        *("/var/lock", "/var/run", "/var/tmp", "/usr/lib/jvm", "/usr/lib/locale", "/usr/lib/udev"),
        *("/etc/alternatives", "/etc/apk", "/etc/apt", "/etc/ca-certificates", "/etc/dpkg"),
        *("/etc/rc0.d", "/etc/rc1.d", "/etc/rc2.d", "/etc/rc3.d", "/etc/rc4.d", "/etc/rc5.d"),
        *("/etc/rc6.d", "/etc/rcS.d", "/etc/pki", "/etc/ssl/certs", "/etc/yum.repos.d"),
        *("/etc/ld.so.cache", "/etc/machine-id", "/etc/mailcap", "/etc/.pwd.lock"),
        *("/lib/apk", "/usr/lib/apk", "/usr/lib/sysimage", "/vmlinuz", "/initrd.img"),
    )
)
# Of these, where builds have their sources; who makes one WORKDIR has the application in it.
_FOR_SOURCES = ("/usr/src", "/usr/local/src", "/tmp", "/var/tmp", "/mnt", "/media")
_STATE_OF_INSTALLERS = re.compile(
    r"/var/(?:lib|backups)/(?:apt|apk|aptitude|aspell|debconf|dictionaries-common|dnf|dpkg|"
    r"emacsen-common|gems|ispell|misc|pam|python|rpm|sgml-base|shells\.state|swcatalog|systemd|"
    r"texmf|ucf|update-rc\.d|usbutils|vim|xml-core|yum|yum\.conf)(?:/.*)?|/var/backups(?:/.*)?"
)
_GENERATED_NAMES = frozenset(
    (
        *("gconv-modules.cache", "giomodule.cache", "gschemas.compiled", "immodules.cache"),
        *("loaders.cache", "icon-theme.cache", "fonts.cache-1", ".uuid", "CACHEDIR.TAG"),
        *("passwd-", "group-", "shadow-", "gshadow-", "subuid-", "subgid-"),
    )
)


class OwnFiles:
    """Answers `contains(entry)`, and lists them; of one image."""

    def __init__(
        self,
        index: RootfsIndex,
        packages: PackageDatabase | None,
        environments: Environments,
        above_base: frozenset[str] | None = None,
        *,
        readings: Readings,
        working_directory: str = "",
    ) -> None:
        """`above_base` are the paths of the layers above the base's: what tells where there is no
        package database. Below `working_directory` an application lies, though it be a place for
        sources: `/usr/src/app`."""
        self._index = index
        self._packages = packages
        self._environments = environments
        self._above_base = above_base
        self._readings = readings
        self._nobodys = Below(_is_nobodys)
        is_aside = any(is_below(working_directory, place) for place in _FOR_SOURCES)
        self._workdir = working_directory if is_aside else ""
        self.claimed: frozenset[str] = frozenset()
        """Paths outside of environments that rules of languages decide about; set before rules
        are asked."""

    @property
    def are_known(self) -> bool:
        """Whether the image tells whose its files are: with neither a package database nor layers
        all of the distribution would look like the author's."""
        return bool(self._packages) or self._above_base is not None

    def __iter__(self) -> Iterator[Entry]:
        """All of them, sorted by path; none where nothing tells whose a file is."""
        if not self.are_known:
            return iter(())
        found = self._readings.once(
            (OwnFiles, self.claimed, self._workdir),
            lambda: tuple(filter(self.contains, self._index)),
        )
        return iter(found)

    def contains(self, entry: Entry) -> bool:
        """Whether this entry of the index is the author's own: a file or link that only the
        author can have wanted, or an empty directory outside of the places of installers."""
        path = entry.path
        if not self._packages and (self._above_base is None or path not in self._above_base):
            return False
        if path in self.claimed or self._environments.contains(path):
            return False
        if path in self._nobodys and not (self._workdir and is_below(path, self._workdir)):
            return False
        if entry.type is EntryType.DIRECTORY:
            is_packaged = path.startswith("/usr/") and not path.startswith("/usr/local/")
            return not is_packaged and not self._index.children(path)
        if self._packages is not None and self._packages.owner(path) is not None:
            return False
        if entry.type is EntryType.SYMLINK:
            return self._is_own_link(entry)
        return not self._is_generated(path)

    def _is_own_link(self, entry: Entry) -> bool:
        """Links of alternatives, and those to what a rule of a language decides about, are not."""
        if entry.link_target.startswith("/etc/alternatives/"):
            return False
        target = self._index.real_path(entry.path)
        if not target:
            return True
        if target in self.claimed or self._environments.contains(target):
            return False
        # What is linked to is no cache: PostgreSQL's dictionaries, made of hunspell's, lie in one,
        # and those of aspell in /var/lib/aspell.
        return target not in self._nobodys or target.startswith(("/var/cache/", "/var/lib/"))

    def _is_generated(self, path: str) -> bool:
        name = name_of(path)
        if name in _GENERATED_NAMES or name.endswith(LEFT_OVER):
            return True
        folder = parent_of(path)
        if name_of(folder) == "__pycache__" and self._packages is not None:
            # Byte code that a package's script compiled: of sources that somebody owns.
            source = f"{parent_of(folder)}/{name.partition('.')[0]}.py"
            return self._packages.owner(source) is not None or source not in self._index
        return False


def _is_nobodys(path: str) -> bool:
    return path in _NOBODYS or bool(_STATE_OF_INSTALLERS.fullmatch(path))
