"""Modules and data that a library has in directories of its own."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from slimmer.files import is_below, name_of, parent_of
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages.places import (
    PROGRAM_FOLDERS,
    is_documentation,
    is_for_building,
    private_folder,
)
from slimmer.keep.rules.packages.plugins import ELSEWHERE, LIBRARY_FOLDER
from slimmer.keep.rules.packages.weight import weight_of, weight_of_libraries
from slimmer.keep.scanning import held_by
from slimmer.values import Entry, EntryType

# Tcl and its like have their version before the ending: `libtcl8.6.so`.
_LIBRARY = re.compile(r"lib.+(?:\.so\.[\d.]+|\d\.so)")
# Bytes of one module, with what it needs beyond what the library itself needs (libtiff and what
# that needs have 2 MB), and of all of a package; and of what a library needs.
_HEAVIEST = 3_000_000
_HEAVIEST_LIBRARY = 64_000_000
# Bytes of a package of data: tables and grids of PROJ have 23 MB, and it can do nothing without.
_HEAVIEST_DATA = 32_000_000
# Bytes of a library that is read for the names of others.
_LARGEST_SCANNED = 16_000_000
# Names of keys and of errors, for who has a display.
_FOR_DISPLAYS = "/usr/share/X11"
_HEAVIEST_PACKAGE = 4_000_000
_DATA = "/usr/share"


class LibraryModulesRule(Rule):
    """gdk-pixbuf reads PNG by itself, and TIFF with a module that lies in
    `/usr/lib/…/gdk-pixbuf-2.0`, in the library's own package: which of them is next depends on
    what a request brings. A table that a script of the package made tells the library of them."""

    name = "library-modules"
    summary = "small modules, programs and data that a kept library has in directories of its own"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._done: set[str] = set()

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        packages = self.context.request.packages
        if packages is None:
            return
        for library in fresh:
            if not _LIBRARY.fullmatch(name_of(library.path)):
                continue
            owner = packages.owner(library.path)
            if owner is None or library.type is not EntryType.FILE:
                continue
            if not LIBRARY_FOLDER.fullmatch(parent_of(library.path)):
                continue
            yield from self._programs(packages.files()[owner], library)
            yield from self._companions(packages.files()[owner], library)
            if owner.name not in self._done:
                self._done.add(owner.name)
                yield from self._modules(packages.files()[owner], library)
                yield from self._own_data(packages.files()[owner], library)
                for part in packages.of_one_source(owner)[1:]:
                    yield from self._data(part.name, packages.files()[part], library)

    def _own_data(self, files: Sequence[str], library: Entry) -> Iterable[Want]:
        """What the library's own package has for it: `init.tcl`, without which Tcl does not
        start."""
        data = [path for path in files if self._is_data(path) and is_below(path, _DATA)]
        if self.context.index.size_of(data) <= _HEAVIEST_PACKAGE:
            for path in data:
                detail = f"data of {name_of(library.path)}, in its own package"
                yield Want(path=path, detail=detail, because=library.path, bystander=True)

    def _data(self, name: str, files: Sequence[str], library: Entry) -> Iterable[Want]:
        """What another package of the same source is there for, and has neither programs nor
        libraries: `proj-data`."""
        if any(
            parent_of(path) in PROGRAM_FOLDERS
            or (".so" in name_of(path) and LIBRARY_FOLDER.fullmatch(parent_of(path)))
            for path in files
        ):
            return
        data = list(filter(self._is_data, files))
        if self.context.index.size_of(data) <= _HEAVIEST_DATA:
            for path in data:
                detail = f"data of {name_of(library.path)}, in the package {name}"
                yield Want(path=path, detail=detail, because=library.path, bystander=True)

    def _programs(self, files: Sequence[str], library: Entry) -> Iterable[Want]:
        """What the library starts itself, as libgstreamer its `gst-plugin-scanner`: a program off
        the PATH, in the library's own package, whose path stands in the library."""
        programs = {
            path.encode(): entry
            for path in files
            if private_folder(path)
            and (entry := self.context.index.get(path)) is not None
            and is_program(entry)
        }
        if not programs:
            return
        for path in self._held(library, programs):
            program = programs[path]
            limit = program.size + _HEAVIEST
            weight = weight_of(self.context, program, limit=limit, present={library.path})
            if weight <= limit:
                detail = f"a program that {name_of(library.path)} starts"
                yield Want(path=program.path, detail=detail, because=library.path)

    def _companions(self, files: Sequence[str], library: Entry) -> Iterable[Want]:
        """Libraries of its own package that it opens by their names (NSS its `libsoftokn3.so`,
        and that its `libfreeblpriv3.so`): in no directory of their own, and linked to nothing."""
        elf = self.context.elf_files.get(library.path)
        companions = {
            name_of(path).encode() + b"\0": path
            for path in files
            if ".so" in name_of(path)
            and LIBRARY_FOLDER.fullmatch(parent_of(path))
            and path not in self.context.seen
            and name_of(path) not in (name_of(library.path), *(elf.needed if elf else ()))
        }
        if elf is None or not companions or library.size > _LARGEST_SCANNED:
            return
        opened = self._held(library, companions)
        if opened:
            own = weight_of_libraries(self.context, library, limit=_HEAVIEST_LIBRARY)
        for name in opened:
            companion = self.context.index.resolve(companions[name]).entry
            if companion is None or name == os.fsencode(elf.soname) + b"\0":
                continue
            limit, present = own + _HEAVIEST, {library.path}
            if weight_of(self.context, companion, limit=limit, present=present) <= limit:
                detail = f"a library that {name_of(library.path)} opens, of its own package"
                yield Want(path=companions[name], detail=detail, because=library.path)

    def _held(self, library: Entry, wanted: Iterable[bytes]) -> list[bytes]:
        """Those of the wanted texts that the library has anywhere, sorted."""
        texts = frozenset(wanted)

        def read() -> list[bytes]:
            self.context.content.fetch([library.path])
            with self.context.content.open(library.path) as stream:
                return sorted(held_by(stream, texts))

        return self.context.request.readings.once(("texts", library.path, texts), read)

    def _is_data(self, path: str) -> bool:
        if private_folder(path) in ("", _FOR_DISPLAYS) or ".so" in name_of(path):
            return False
        return not (is_documentation(path) or is_for_building(path))

    def _modules(self, files: Sequence[str], library: Entry) -> Iterable[Want]:
        modules = [
            entry
            for path in files
            if path.endswith(".so")
            and private_folder(path)
            and not ELSEWHERE.fullmatch(parent_of(path))
            and (entry := self.context.index.get(path)) is not None
            and entry.type is EntryType.FILE
        ]
        if not modules or sum(entry.size for entry in modules) > _HEAVIEST_PACKAGE:
            return
        own = weight_of_libraries(self.context, library, limit=_HEAVIEST_LIBRARY)
        limit = own + _HEAVIEST
        folders: set[str] = set()
        described: set[str] = set()
        for entry in modules:
            weight = weight_of(self.context, entry, limit=limit, present={library.path})
            if weight <= limit:
                detail = f"a module of {name_of(library.path)}"
                yield Want(path=entry.path, detail=detail, because=library.path, bystander=True)
                folders |= {parent_of(entry.path), parent_of(parent_of(entry.path))}
                described.add(entry.path.removesuffix(".so") + ".la")
        # Libtool's description beside a module is how some libraries find it (ImageMagick's).
        beside = [path for path in files if path in described or self._is_data(path)]
        if folders and self.context.index.size_of(beside) <= _HEAVIEST_PACKAGE:
            for path in beside:
                detail = f"what {name_of(library.path)} has beside its modules"
                yield Want(path=path, detail=detail, because=library.path, bystander=True)
        for folder in sorted(folders):
            for table in self.context.index.children(folder):
                if table.path.endswith(".cache"):
                    detail = f"the table of modules of {name_of(library.path)}"
                    yield Want(path=table.path, detail=detail, because=library.path)
