"""How a dynamic loader finds a library: glibc's order (ld.so(8)) and musl's, over the index.

The trace shows which libraries were loaded; this search finds those of programs that did not run
and of libraries that are loaded late. Where the loader's choice depends on the processor
(glibc-hwcaps), all choices are found: the slim image may run on another machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from slimmer.files import RootfsIndex, join, parent_of
from slimmer.keep.linux import loader_configuration as configuration
from slimmer.keep.linux.elf import ElfFile, ElfFiles
from slimmer.values import Content, Entry, EntryType

# Debian's names for (e_machine, bits, little-endian); other distributions have lib and lib64.
_TRIPLETS = {
    (3, 32, True): ("i386-linux-gnu",),
    (62, 64, True): ("x86_64-linux-gnu",),
    (62, 32, True): ("x86_64-linux-gnux32",),
    (183, 64, True): ("aarch64-linux-gnu",),
    (40, 32, True): ("arm-linux-gnueabihf", "arm-linux-gnueabi"),
    (243, 64, True): ("riscv64-linux-gnu",),
    (21, 64, True): ("powerpc64le-linux-gnu",),
    (22, 64, False): ("s390x-linux-gnu",),
    (258, 64, True): ("loongarch64-linux-gnu",),
    (8, 64, True): ("mips64el-linux-gnuabi64",),
    (8, 32, True): ("mipsel-linux-gnu",),
}
# What $PLATFORM may become (AT_PLATFORM, and glibc's own names on x86-64).
_PLATFORMS = {
    3: ("i686", "i586", "i486", "i386"),
    62: ("x86_64", "haswell", "xeon_phi"),
    183: ("aarch64",),
    40: ("v7l", "v8l", "v6l"),
    21: ("power10", "power9", "power8"),
    22: ("z16", "z15", "z14", "z13"),
}
_MUSL_NAMES = {3: "i386", 62: "x86_64", 183: "aarch64", 40: "arm", 243: "riscv64", 22: "s390x"}
_MUSL_DEFAULT = ("/lib", "/usr/local/lib", "/usr/lib")
# musl is one file; it answers to these names itself (ldso/dynlink.c, load_library).
_MUSL_OWN = ("libc", "libpthread", "librt", "libm", "libdl", "libutil", "libxnet")


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """One library name that one file asks its loader for."""

    name: str
    requester: str
    """Real path of the asking file."""
    elf: ElfFile
    """The asking file."""
    origins: tuple[str, ...]
    """What $ORIGIN may stand for: the directories in which the asking file has a name."""
    inherited: tuple[str, ...] = ()
    """Expanded RPATH directories of the files that led to the asking one, nearest first."""


class LibrarySearch:
    """One image's loaders: reads their configuration once, at the first question."""

    def __init__(
        self, index: RootfsIndex, content: Content, elf_files: ElfFiles, *, library_path: str = ""
    ) -> None:
        """`library_path` is LD_LIBRARY_PATH of the command."""
        self._index = index
        self._content = content
        self._elf_files = elf_files
        self._library_path = [part for part in library_path.replace(";", ":").split(":") if part]
        self._linked: dict[str, tuple[Entry, ...]] = {}

    @property
    def files(self) -> list[str]:
        """The configuration files that the search reads."""
        return configuration.loader_files(self._index)

    def find(self, needs: Sequence[Need]) -> list[tuple[str, ...]]:
        """For each need the paths, as the loader would spell them, that satisfy it: none where the
        library is missing, several where processors differ.

        Candidates of another platform are passed over, as the loader does; their headers are
        fetched for all needs together, a candidate each per round trip.
        """
        candidates = [self._candidates(need) for need in needs]
        found: list[list[str]] = [[] for _ in needs]
        open_needs = set(range(len(needs)))
        while open_needs:
            tried = {number: next(candidates[number], "") for number in open_needs}
            open_needs = {number for number, path in tried.items() if path}
            paths = {self._index.real_path(tried[number]) for number in open_needs}
            self._content.fetch(sorted(paths))
            for number in list(open_needs):
                path = tried[number]
                if self._fits(path, needs[number].elf):
                    found[number].append(path)
                    if "/glibc-hwcaps/" not in path:
                        open_needs.discard(number)
        return [tuple(paths) for paths in found]

    def linked_to(self, path: str) -> tuple[Entry, ...]:
        """The libraries that a file is linked to itself, each the first that the loader would try,
        unread: it may be for another platform, and then the loader would go on. None for what is
        no ELF file. The file's own content must be there."""
        if path not in self._linked:
            self._linked[path] = tuple(self._first_tried(path))
        return self._linked[path]

    def _first_tried(self, path: str) -> Iterator[Entry]:
        elf = self._elf_files.get(path)
        if elf is None:
            return
        for name in elf.needed:
            need = Need(name=name, requester=path, elf=elf, origins=(parent_of(path),))
            if not self.is_loader_itself(need) and (first := next(self._candidates(need), "")):
                entry = self._index.resolve(first).entry
                if entry is not None:
                    yield entry

    def is_loader_itself(self, need: Need) -> bool:
        """Whether the name is answered by the loader without any file: musl's libc, the vDSO."""
        if need.name.startswith("linux-vdso"):
            return True
        stem = need.name.partition(".")[0]
        return self.is_musl(need.elf) and stem in _MUSL_OWN

    def is_musl(self, elf: ElfFile) -> bool:
        """Whether musl's loader loads this file. A library that names no libc is taken for one of
        the libc that the image has."""
        if elf.interpreter:
            return "/ld-musl-" in elf.interpreter
        for name in elf.needed:
            if name == "libc.so" or name.startswith("libc.musl-"):
                return True
            if name == "libc.so.6" or name.startswith("ld-linux"):
                return False
        return self._image_has_musl

    def rpath_directories(self, need: Need) -> tuple[str, ...]:
        """What the libraries that `need` finds inherit: the RPATH of the asking file, expanded,
        before that of those that led to it. RUNPATH is not inherited, but in musl."""
        own = need.elf.rpath
        if self.is_musl(need.elf):
            own = need.elf.runpath or own
        elif need.elf.runpath:
            own = ()
        return tuple(dict.fromkeys((*self._expand(own, need), *need.inherited)))

    # ------------------------------------------------------------------ where to look

    def _candidates(self, need: Need) -> Iterator[str]:
        """Existing files for a need, in the loader's order, each once."""
        if "/" in need.name:
            paths: Iterable[str] = self._expand((need.name,), need)
        elif self.is_musl(need.elf):
            paths = self._musl_candidates(need)
        else:
            paths = self._glibc_candidates(need)
        given: set[str] = set()
        for path in paths:
            if path not in given and self._is_file(path):
                given.add(path)
                yield path

    def _glibc_candidates(self, need: Need) -> Iterable[str]:
        elf = need.elf
        if not elf.runpath:
            yield from self._in(self.rpath_directories(need), need.name)
        yield from self._in(self._expand(self._library_path, need), need.name)
        yield from self._in(self._expand(elf.runpath, need), need.name)
        if elf.skips_default_directories:
            return
        cached = self._cache.get(need.name, [])
        yield from sorted(cached, key=lambda path: "/glibc-hwcaps/" not in path)
        yield from self._in(self._default_directories(elf), need.name)
        # Without a cache glibc would not look there; but then an entrypoint may run ldconfig.
        yield from self._in(self._configured, need.name)

    def _musl_candidates(self, need: Need) -> Iterable[str]:
        directories = (
            *self._expand(self._library_path, need),
            *self.rpath_directories(need),
            *self._musl_directories(need.elf),
        )
        return (join(directory, need.name) for directory in directories)

    def _in(self, directories: Iterable[str], name: str) -> Iterable[str]:
        for directory in directories:
            for variant in self._hwcaps(directory):
                yield join(variant, name)
            yield join(directory, name)

    def _hwcaps(self, directory: str) -> tuple[str, ...]:
        if directory not in self._hwcaps_known:
            real = self._index.real_path(join(directory, "glibc-hwcaps"))
            levels = self._index.children(real) if real else ()
            self._hwcaps_known[directory] = tuple(
                join(directory, f"glibc-hwcaps/{level.path.rpartition('/')[2]}")
                for level in reversed(levels)
            )
        return self._hwcaps_known[directory]

    def _expand(self, parts: Iterable[str], need: Need) -> tuple[str, ...]:
        """Directories with $ORIGIN, $LIB and $PLATFORM replaced by all that they may stand for;
        relative ones are left out, since they depend on where the program was started."""
        triplets = _TRIPLETS.get(need.elf.platform, ())
        libraries = [f"lib/{triplet}" for triplet in triplets] + ["lib64", "lib", "lib32"]
        tokens: tuple[tuple[str, Sequence[str]], ...] = (
            ("ORIGIN", need.origins),
            ("LIB", libraries),
            ("PLATFORM", _PLATFORMS.get(need.elf.machine, ())),
        )
        expanded: list[str] = []
        for part in parts:
            texts = [part]
            if "$" in part:
                for token, values in tokens:
                    texts = _replace(texts, token, values)
            expanded += (text for text in texts if text.startswith("/"))
        return tuple(dict.fromkeys(expanded))

    def _default_directories(self, elf: ElfFile) -> list[str]:
        triplets = [
            f"{top}/{triplet}"
            for triplet in _TRIPLETS.get(elf.platform, ())
            for top in ("/lib", "/usr/lib")
        ]
        wide = ["/lib64", "/usr/lib64"] if elf.bits == 64 else ["/lib32", "/usr/lib32"]
        return [*triplets, *wide, "/lib", "/usr/lib"]

    def _musl_directories(self, elf: ElfFile) -> Sequence[str]:
        name = _MUSL_NAMES.get(elf.machine, "")
        for path in configuration.musl_path_files(self._index):
            if path.startswith(f"/etc/ld-musl-{name}"):
                return configuration.musl_directories(self._index, self._content, path)
        return _MUSL_DEFAULT

    # ------------------------------------------------------------------ what is there

    def _is_file(self, path: str) -> bool:
        entry = self._index.resolve(path).entry
        return entry is not None and entry.type is EntryType.FILE

    def _fits(self, path: str, requester: ElfFile) -> bool:
        elf = self._elf_files.get(self._index.real_path(path))
        return elf is not None and elf.platform == requester.platform

    @cached_property
    def _cache(self) -> dict[str, list[str]]:
        return configuration.cached_libraries(self._index, self._content)

    @cached_property
    def _configured(self) -> list[str]:
        return configuration.configured_directories(self._index, self._content)

    @cached_property
    def _hwcaps_known(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def _image_has_musl(self) -> bool:
        real = self._index.real_path("/lib")
        names = [entry.path.rpartition("/")[2] for entry in self._index.children(real)]
        return any(name.startswith("ld-musl-") for name in names)


def _replace(texts: list[str], token: str, values: Sequence[str]) -> list[str]:
    replaced = []
    for text in texts:
        if f"${token}" in text or f"${{{token}}}" in text:
            replaced += [
                text.replace(f"${{{token}}}", value).replace(f"${token}", value) for value in values
            ]
        else:
            replaced.append(text)
    return replaced
