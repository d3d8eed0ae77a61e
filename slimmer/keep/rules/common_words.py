"""Programs whose names are words of every day, where a command may stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from slimmer.keep.programs import INSTALLERS, is_program
from slimmer.keep.rule import Context, Want
from slimmer.keep.rules.packages import weight_of
from slimmer.values import Entry

# Bytes of such a program, with the libraries that nothing else keeps.
_HEAVIEST = 256_000


class CommonWords:
    """`join = "sort"`: a small program, without what it may start itself; no script, which would
    bring its interpreter. The C library makes none of them heavy where it is kept anyway, though
    the application was linked statically and nobody was seen to load it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        # By name, with the text that has it: what is too heavy so far.
        self._held: dict[str, tuple[Entry, str]] = {}
        self._libraries: set[str] = set()

    def wanted(self, name: str, source: str) -> Iterable[Want]:
        """The program of this name, if it is light."""
        if name in INSTALLERS:
            return
        path = self._context.programs.find(name)
        entry = self._context.index.resolve(path).entry if path else None
        if entry is None or not is_program(entry) or entry.path == source:
            return
        if entry.size <= _HEAVIEST:
            self._context.content.fetch([entry.path])
            if self._context.elf_files.get(entry.path) is not None:
                self._held.setdefault(name, (entry, source))
                yield from self._light([name])

    def released(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        """What is light now that these are kept."""
        libraries = {entry.path for entry in fresh if ".so" in entry.path} - self._libraries
        if libraries:
            self._libraries |= libraries
            yield from self._light(list(self._held))

    def _light(self, names: Collection[str]) -> Iterator[Want]:
        for name in names:
            entry, source = self._held[name]
            weight = weight_of(
                self._context, entry, limit=_HEAVIEST, present=frozenset(self._libraries)
            )
            if weight <= _HEAVIEST:
                del self._held[name]
                path = self._context.programs.find(name)
                detail = f"{source} mentions it"
                yield Want(path=path, detail=detail, because=source, bystander=True)
