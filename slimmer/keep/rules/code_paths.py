"""Files that the application's own sources and settings name."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from slimmer.files import Package, name_of
from slimmer.keep.command_texts import COMMENT
from slimmer.keep.compiled_texts import texts_of_compiled
from slimmer.keep.programs import INSTALLERS, is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages import (
    installed_to_be_run,
    mentioned_omissions,
    private_folder,
    weight_of,
)
from slimmer.keep.text_kinds import is_makefile, is_of_developers, is_of_the_system, is_shown
from slimmer.values import Entry, EntryType, HeavyOmission

_SETTINGS = (".env", ".ini", ".json", ".toml", ".xml", ".yaml", ".yml")
# Source code and settings are smaller; a table of a megabyte is data.
_LARGEST_TEXT = 1 << 19
# Bytes of a program, with the libraries that nobody was seen to load.
_HEAVIEST = 64_000_000
# Bytes of a directory that a variable names: languages of an OCR, dictionaries.
_HEAVIEST_FOLDER = 64_000_000
# Directories that programs search, whatever is in them.
_LISTS_OF_FOLDERS = frozenset(("PATH", "LD_LIBRARY_PATH", "MANPATH", "PWD", "OLDPWD", "HOME"))
# A whole path, whatever is around it: not the end of another one (`./a/b`, `$HOME/a`, a URL), nor
# the start (`/srv/{name}`). Behind `-I` and the like a path may begin without a blank.
_PATH = re.compile(
    r"/(?:(?<![\w.~$})\]*/%-]/)|(?<![\w-]-/)(?<=-/)|(?<=[\s\"'=,]-[A-Za-z]/)|(?<=\bfile:///))"
    r"[\w.+@-]+(?:/[\w.+@-]+)+(?![\w/+@${(*%-])"
)


class CodePathsRule(Rule):
    """`CERTIFICATE = "/srv/tls/cert.pem"`, `packer: /usr/bin/gzip -c`: a file that the code opens
    or starts by its full path, when a request asks for it. Only files count, as a directory may be
    named to be written to."""

    name = "code-paths"
    summary = "files that the application's sources, settings and variables name by their full path"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._endings = (*_SETTINGS, *context.rulebook.sources)
        self._left_out: dict[str, tuple[str, int]] = {}

    def begin(self) -> Iterable[Want]:
        """`ENV CHROME_BIN=/usr/bin/chromium`, `TESSDATA_PREFIX=/usr/share/tesseract-ocr/5`: what
        is told to the application instead of being written there."""
        for variable, value in self.context.request.variables.items():
            detail = f"named by the variable {variable}"
            for path in value.split(":") if variable not in _LISTS_OF_FOLDERS else ():
                named = self.context.index.resolve(path).entry if path.startswith("/") else None
                if named is None:
                    continue
                if named.type is EntryType.FILE:
                    if self._is_affordable(path, named, f"the variable {variable}"):
                        yield Want(path=path, detail=detail)
                elif private_folder(f"{named.path}/"):
                    yield from self._folder(named, detail)

    def _folder(self, folder: Entry, detail: str) -> Iterable[Want]:
        """Of one package's data, if it is not the home of a runtime."""
        if self.context.environments.contains(folder.path):
            return
        entries = list(self.context.index.subtree(folder.path))
        if sum(entry.size for entry in entries) <= _HEAVIEST_FOLDER:
            for entry in entries:
                yield Want(path=entry.path, detail=detail, bystander=True)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for source in fresh:
            if self._is_own_text(source):
                for path in self._paths_in(source):
                    named = self.context.index.resolve(path).entry
                    if (
                        named is not None
                        and named.type is EntryType.FILE
                        and named.path != source.path
                        and self._is_affordable(path, named, source.path)
                    ):
                        detail = f"named by {source.path}"
                        yield Want(path=path, detail=detail, because=source.path)

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        return mentioned_omissions(self._left_out, kept)

    def _paths_in(self, source: Entry) -> Iterable[str]:
        return self.context.request.readings.once(
            ("full paths", source.path), lambda: self._read(source.path)
        )

    def _read(self, source: str) -> Sequence[str]:
        data = self.context.content.head(source, _LARGEST_TEXT)
        if b"\0" in data[:4096]:
            # Byte code of the author's: its constants are each a text of its own.
            text = "\n".join(texts_of_compiled(data) or ())
        elif b"/" in data:
            text = COMMENT.sub("", os.fsdecode(data).replace("\\/", "/"))
        else:
            return ()
        return [path.rstrip(".") for path in dict.fromkeys(_PATH.findall(text))]

    def _is_affordable(self, path: str, named: Entry, source: str) -> bool:
        """Data is the author's business. A program of a package that nobody has installed by name
        must not weigh too much, and none must be one that installs."""
        if not is_program(named) or not self.context.is_packaged(named.path):
            return True
        if name_of(path) in INSTALLERS:
            return False
        weight = weight_of(self.context, named, limit=_HEAVIEST)
        if weight <= _HEAVIEST or self._owner(named.path) in self._installed:
            return True
        self._left_out[named.path] = (source, weight)
        return False

    def _owner(self, path: str) -> Package | None:
        packages = self.context.request.packages
        return packages.owner(path) if packages is not None else None

    @cached_property
    def _installed(self) -> frozenset[Package]:
        packages = self.context.request.packages
        return frozenset() if packages is None else installed_to_be_run(self.context, packages)

    def _is_own_text(self, entry: Entry) -> bool:
        path = entry.path
        if entry.type is not EntryType.FILE or not 0 < entry.size <= _LARGEST_TEXT:
            return False
        if is_shown(path) or is_makefile(path) or is_of_developers(path) or is_of_the_system(path):
            return False
        if path.endswith(self._endings):
            is_packaged = self.context.is_packaged(path)
            return not is_packaged and not self.context.environments.contains(path)
        return self.context.own_files.contains(entry)
