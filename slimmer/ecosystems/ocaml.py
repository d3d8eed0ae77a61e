"""OCaml: what byte code and scripts load. Native programs are linked whole."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from slimmer.ecosystems.interface import Ecosystem
from slimmer.files import name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Rule, Want
from slimmer.values import Entry, EntryType

_LARGEST_ARCHIVE = 4 << 20
_LARGEST_SCRIPT = 1 << 18
# In an archive the linker's flag stands, in a program the library's own name.
_STUB = re.compile(rb"-l([\w+]{1,40})|\bdll([\w+]{1,40})(?:\.so)?\0")
_TOPLEVEL = re.compile(r"ocaml(?:run)?")
_SAID = re.compile(
    r"""^[ \t]*#(?:(?P<directory>directory)|(?P<use>use)|(?P<require>require\w*))"""
    r"""[ \t]+"(?P<what>[^"\n]+)\"""",
    re.MULTILINE,
)
# What the toplevel reads of a library: its types, its code, what findlib says of it.
_FOR_SCRIPTS = (".cmi", ".cma", ".cmo", "/META", "/topfind")


class OcamlLibrariesRule(Rule):
    """An archive of byte code (`unix.cma`) has its parts in C in a library that ocamlrun opens
    (`stublibs/dllunix.so`). Scripts say where they load from: `#directory "+re"`,
    `#require "re.perl"`. Where `ocaml` itself is kept to be run, the modules of its own library
    are what any script begins with."""

    name = "ocaml-libraries"
    summary = "what byte code and scripts of OCaml load: stubs in C, archives, types"
    strategies = BEYOND_MINIMAL

    @cached_property
    def _library(self) -> str:
        """Where `+re` is looked for: `/usr/lib/ocaml`."""
        return next(map(parent_of, self.context.named.get("stdlib.cma", ())), "")

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if not self._library:
            return
        for entry in fresh:
            if entry.type is not EntryType.FILE:
                continue
            if entry.path.endswith(".cma"):
                yield from self._stubs(entry)
            elif name_of(entry.path) == "ocaml" and entry.path not in self.context.bystanders:
                yield from self._of_folder(self._library, entry.path)
            elif self._is_script(entry):
                yield from self._loaded_by(entry)

    def _is_script(self, entry: Entry) -> bool:
        if entry.size > _LARGEST_SCRIPT or not self.context.own_files.contains(entry):
            return False
        if entry.path.endswith(".ml"):
            return True
        if not entry.mode & 0o111:
            return False
        return bool(_TOPLEVEL.fullmatch(self.context.interpreter_named(entry.path)))

    def _stubs(self, archive: Entry) -> Iterable[Want]:
        if archive.size > _LARGEST_ARCHIVE:
            return
        found = _STUB.findall(self.context.content.head(archive.path, _LARGEST_ARCHIVE))
        for name in sorted({os.fsdecode(flag or stub) for flag, stub in found}):
            for path in self.context.named.get(f"dll{name}.so", ()):
                folder = parent_of(path)
                if folder == parent_of(archive.path) or name_of(folder) == "stublibs":
                    detail = f"{archive.path} has parts in C there"
                    yield Want(path=path, detail=detail, because=archive.path)
                    # Without this table ocamlrun looks in no folder of stubs.
                    table = f"{self._library}/ld.conf"
                    yield Want(path=table, detail="where stubs lie", because=path)

    def _loaded_by(self, script: Entry) -> Iterable[Want]:
        text = os.fsdecode(self.context.content.head(script.path, _LARGEST_SCRIPT))
        folders: set[str] = set()
        for match in _SAID.finditer(text):
            if match["directory"] and match["what"].startswith("+"):
                folders.add(match["what"][1:])
            elif match["require"]:
                names = re.split(r"[\s,]+", match["what"])
                folders |= {name.partition(".")[0] for name in names}
            elif match["use"] and match["what"] == "topfind":
                folders.add("findlib")
        for folder in sorted(folders):
            yield from self._of_folder(f"{self._library}/{folder}", script.path)

    def _of_folder(self, folder: str, because: str) -> Iterable[Want]:
        for entry in self.context.index.children(folder):
            if entry.path.endswith(_FOR_SCRIPTS):
                detail = "what the toplevel reads of a library"
                yield Want(path=entry.path, detail=detail, because=because)


OCAML = Ecosystem(name="OCaml", sources=(".ml",), rules=(OcamlLibrariesRule,))
