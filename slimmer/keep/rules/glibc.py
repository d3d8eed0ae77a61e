"""Libraries that glibc loads by itself, at run time, without naming them in any header."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from slimmer.files import name_of, parent_of
from slimmer.keep.linux.loader import Need
from slimmer.keep.rule import Rule, Want
from slimmer.values import Entry, EntryType

_NSSWITCH = "/etc/nsswitch.conf"
_LARGEST_NSSWITCH = 1 << 16
# What glibc takes for databases without a line; both are part of libc itself since 2.34.
_DEFAULT_SERVICES = ("files", "dns")


def _is_glibc(entry: Entry) -> bool:
    """Debian 12 has libc.so.6 as a file, older releases as a link to libc-2.31.so."""
    name = name_of(entry.path)
    return entry.type is EntryType.FILE and (name == "libc.so.6" or name.startswith("libc-2."))


class _LoadedByGlibcRule(Rule):
    """Asks for library names as glibc's dlopen would, when a glibc is kept."""

    def _wants(self, libc: Entry, names: Iterable[str], detail: str) -> Iterable[Want]:
        elf = self.context.elf_files.get(libc.path)
        if elf is None:
            return
        needs = [
            Need(name=name, requester=libc.path, elf=elf, origins=(parent_of(libc.path),))
            for name in names
        ]
        for paths in self.context.libraries.find(needs):
            for path in paths:
                yield Want(path=path, detail=detail, because=libc.path)


class NameServiceRule(_LoadedByGlibcRule):
    """getpwnam, getaddrinfo and their kin load libnss_SERVICE.so.2 for each service that
    nsswitch.conf names, at the first call: a probe that looks nobody up does not show it."""

    name = "name-service"
    summary = "nsswitch.conf and the modules that it names, if glibc is kept"

    def reads(self) -> Iterable[str]:
        return (_NSSWITCH,)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for libc in filter(_is_glibc, fresh):
            yield Want(path=_NSSWITCH, detail=f"{libc.path} reads it", because=libc.path)
            entry = self.context.index.resolve(_NSSWITCH).entry
            services: Iterable[str] = _DEFAULT_SERVICES
            if entry is not None and entry.type is EntryType.FILE:
                services = services_of(self.context.content.head(entry.path, _LARGEST_NSSWITCH))
            names = [f"libnss_{service}.so.2" for service in services]
            yield from self._wants(libc, names, "a name service of nsswitch.conf")


class UnwinderRule(_LoadedByGlibcRule):
    """glibc loads libgcc_s.so.1 when a thread is cancelled or ends by pthread_exit, and aborts the
    process where it is missing; backtrace() needs it as well."""

    name = "unwinder"
    summary = "libgcc_s, which glibc loads when a thread is cancelled"

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for libc in filter(_is_glibc, fresh):
            yield from self._wants(libc, ("libgcc_s.so.1",), "loaded when a thread is cancelled")


def services_of(nsswitch: bytes) -> tuple[str, ...]:
    """The services that a nsswitch.conf names, in order: `files dns` of `hosts: files [!UNAVAIL=
    return] dns`."""
    services: dict[str, None] = {}
    for line in os.fsdecode(nsswitch).split("\n"):
        _, colon, listed = line.partition("#")[0].partition(":")
        if not colon:
            continue
        # An action may hold spaces, so it is cut out before the words are counted.
        while "[" in listed:
            before, _, behind = listed.partition("[")
            listed = f"{before} {behind.partition(']')[2]}"
        for service in listed.split():
            if service.replace("_", "").replace("-", "").isalnum():
                services[service] = None
    return tuple(services)
