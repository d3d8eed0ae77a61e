"""Java: the runtime that ran, and jars beside those that were opened."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slimmer.ecosystems.awaited import AwaitedFoldersRule
from slimmer.files import ancestors, parent_of
from slimmer.keep import BEYOND_MINIMAL, Need, Rule, Want, tree

# Of a runtime's home these are read by programs that run; `legal`, `jmods`, `include`, `man` and
# `demo` are not, nor is what the compiler reads.
_RUNTIME_FOLDERS = ("conf", "lib")
_PROGRAMS = (
    "java",
    "keytool",
    # Launchers of a few kilobytes, by which administrators look into a running program.
    *("jcmd", "jfr", "jinfo", "jmap", "jps", "jstack", "jstat"),
)
_RUNTIME_FILES = ("release", *(f"bin/{program}" for program in _PROGRAMS))
_FOR_BUILDING = re.compile(r".*/(?:src\.zip|ct\.sym|jrt-fs\.jar|[^/]+\.(?:a|diz|debuginfo))")
# What a window system needs; where none was loaded there is none.
_WINDOWS = re.compile(
    r".*/lib(?:awt_xawt|jawt|splashscreen|jsound|javafx\w*|glass\w*|prism\w*)\.so"
)
# Archives of classes for a faster start, one for each layout of the heap: the one that was mapped
# is the one for the image's options. Any other is 12 MB that a virtual machine does without.
_CLASS_ARCHIVE = re.compile(r".*/classes\w*\.jsa")
# Java's libraries open it by name, and no header of theirs names it.
_FONTCONFIG = "libfontconfig.so.1"


class JavaRuntimeRule(AwaitedFoldersRule):
    """Security providers, time zones, character sets and fonts are read when a program first asks:
    `conf`, `lib/security`, `lib/tzdb.dat`, and modules inside of `lib/modules`."""

    name = "java-runtime"
    summary = "configuration, security, zones and libraries of a Java runtime that ran"
    strategies = BEYOND_MINIMAL

    def folders(self) -> Iterable[str]:
        """HOME of HOME/lib/server/libjvm.so (Java 8: HOME/lib/amd64/server/libjvm.so)."""
        for path in self.context.named.get("libjvm.so", ()):
            library = next((up for up in reversed(ancestors(path)) if up.endswith("/lib")), "")
            if library:
                yield parent_of(library)

    def content(self, home: str, because: str) -> Iterable[Want]:
        detail = f"part of the Java runtime in {home}"
        has_windows = any(_WINDOWS.fullmatch(path) for path in self.context.seen)
        for name in _RUNTIME_FILES:
            yield Want(path=f"{home}/{name}", detail=detail, because=because)
        for name in _RUNTIME_FOLDERS:
            for entry in tree(self.context.index, f"{home}/{name}"):
                if _FOR_BUILDING.fullmatch(entry.path):
                    continue
                if _WINDOWS.fullmatch(entry.path) and not has_windows:
                    continue
                if _CLASS_ARCHIVE.fullmatch(entry.path) and entry.path not in self.context.seen:
                    continue
                yield Want(path=entry.path, detail=detail, because=because)
                if entry.path.endswith("/libfontmanager.so"):
                    yield from self._fontconfig(entry.path)
        yield from self._programs(home, because)
        # Debian: the store of authorities lies outside, and a link in lib/security leads there.
        yield Want(path="/etc/ssl/certs/java/cacerts", detail=detail, because=because)

    def _fontconfig(self, manager: str) -> Iterable[Want]:
        self.context.content.fetch([manager])
        elf = self.context.elf_files.get(manager)
        if elf is None:
            return
        need = Need(name=_FONTCONFIG, requester=manager, elf=elf, origins=(parent_of(manager),))
        for paths in self.context.libraries.find([need]):
            for path in paths:
                yield Want(path=path, detail=f"opened by {manager}", because=manager)

    def _programs(self, home: str, because: str) -> Iterable[Want]:
        """By the names that they have on PATH, which are links on most systems."""
        for program in _PROGRAMS:
            path = self.context.programs.find(program)
            if path and self.context.index.real_path(path) == f"{home}/bin/{program}":
                yield Want(path=path, detail=f"{program} of {home}", because=because)


class JarsRule(Rule):
    """A class path is opened jar by jar, as far as a class is looked for: those behind the last
    one that a probe needed were never opened."""

    name = "jars"
    summary = "the jars beside those that were opened, but for the distribution's own"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        folders: dict[str, str] = {}
        for path in sorted(self.context.seen):
            if path.endswith((".jar", ".war")) and not self.context.is_packaged(path):
                folders.setdefault(parent_of(path), path)
        for folder, because in folders.items():
            for entry in self.context.index.children(folder):
                if entry.path.endswith((".jar", ".war")):
                    yield Want(path=entry.path, detail=f"beside {because}", because=because)
