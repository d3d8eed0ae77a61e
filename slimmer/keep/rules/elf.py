"""What the kernel and the dynamic loader need besides an ELF file itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from slimmer.files import name_of, parent_of
from slimmer.keep.linux.loader import Need
from slimmer.keep.rule import Context, Rule, Want
from slimmer.values import Entry, EntryType

_MOST_CHAINS = 16


class ElfInterpreterRule(Rule):
    """The dynamic loader that a program names in PT_INTERP. Nothing opens it by that path but
    the kernel, and without it execve fails with ENOENT."""

    name = "elf-interpreter"
    summary = "the dynamic loader that a kept program names"

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if entry.type is not EntryType.FILE:
                continue
            elf = self.context.elf_files.get(entry.path)
            if elf is not None and elf.interpreter:
                yield Want(
                    path=elf.interpreter,
                    detail=f"the dynamic loader of {entry.path}",
                    because=entry.path,
                )

    def notes(self, kept: Collection[str]) -> Iterable[str]:
        for path, flaw in sorted(self.context.elf_files.corrupt.items()):
            if path in kept:
                yield f"{path} starts like an ELF file but cannot be read as one: {flaw}."


class ElfNeededRule(Rule):
    """The closure over DT_NEEDED. Each file is looked at once for itself, and once more for each
    chain of RPATHs that it is loaded under."""

    name = "elf-needed"
    summary = "the libraries that kept programs and libraries are linked to"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # Real path → the directories in which it has a name: itself first, then links to it.
        self._origins: dict[str, tuple[str, ...]] = {}
        # Real path → the chains of RPATH directories under which it is loaded.
        self._chains: dict[str, dict[tuple[str, ...], None]] = {}
        self._looked_at: set[tuple[str, tuple[str, ...], tuple[str, ...]]] = set()
        self._missing: dict[str, str] = {}

    def reads(self) -> Iterable[str]:
        return self.context.libraries.files

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        pending: list[tuple[str, tuple[str, ...]]] = []
        for path in self._new_names(fresh):
            pending += ((path, chain) for chain in self._chains.setdefault(path, {(): None}))
        while pending:
            needs = [need for path, chain in pending for need in self._needs(path, chain)]
            pending = []
            for need, paths in zip(needs, self.context.libraries.find(needs), strict=True):
                if not paths:
                    self._missing.setdefault(need.name, need.requester)
                chain = self.context.libraries.rpath_directories(need)
                for path in paths:
                    yield Want(
                        path=path,
                        detail=f"{need.requester} needs {need.name}",
                        because=need.requester,
                    )
                    real = self.context.index.real_path(path)
                    if self._is_new_chain(real, chain) and real in self._origins:
                        pending.append((real, chain))

    def notes(self, kept: Collection[str]) -> Iterable[str]:
        """A library that is missing by its requester's own search may have been loaded before by
        somebody else's: then the loader takes that one, by its name."""
        present = {name_of(path) for path in kept}
        present.update(self.context.elf_files.sonames(kept))
        for name, requester in sorted(self._missing.items()):
            if name_of(name) not in present and requester in kept:
                missing = "which its loader does not find in the original, either"
                yield f"{requester} needs {name}, {missing}."

    def _new_names(self, fresh: Sequence[Entry]) -> Iterable[str]:
        """Real paths of ELF files that are fresh, or that a fresh link leads to: once kept, a link
        gives $ORIGIN another meaning."""
        files: dict[str, None] = {}
        for entry in fresh:
            if entry.type is EntryType.FILE and self.context.elf_files.get(entry.path) is not None:
                self._origins.setdefault(entry.path, (parent_of(entry.path),))
                files[entry.path] = None
        for entry in fresh:
            if entry.type is EntryType.SYMLINK:
                real = self.context.index.real_path(entry.path)
                if real not in self._origins:
                    continue
                origins = (*self._origins[real], parent_of(entry.path))
                self._origins[real] = tuple(dict.fromkeys(origins))
                files[real] = None
        return files

    def _needs(self, path: str, chain: tuple[str, ...]) -> Iterable[Need]:
        elf = self.context.elf_files.get(path)
        origins = self._origins[path]
        if elf is None or (path, chain, origins) in self._looked_at:
            return
        self._looked_at.add((path, chain, origins))
        for name in (*elf.needed, *elf.filtered):
            need = Need(name=name, requester=path, elf=elf, origins=origins, inherited=chain)
            if not self.context.libraries.is_loader_itself(need):
                yield need

    def _is_new_chain(self, path: str, chain: tuple[str, ...]) -> bool:
        chains = self._chains.setdefault(path, {(): None})
        # A hostile image may have libraries that need each other in ever new orders.
        if chain in chains or len(chains) >= _MOST_CHAINS:
            return False
        chains[chain] = None
        return True
