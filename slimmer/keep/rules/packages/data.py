"""The data of distribution packages that were used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from slimmer.files import Package, PackageDatabase, name_of, parent_of
from slimmer.keep.configuration_texts import own_tree
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages.places import (
    PROGRAM_FOLDERS,
    is_documentation,
    is_for_building,
    is_module_of_language,
    is_to_build_with,
    private_folder,
    without_tests,
)
from slimmer.keep.rules.packages.weight import omissions, weight_of_libraries
from slimmer.values import Entry, EntryType, HeavyOmission

# Bytes of the data of a package of which no program ran.
_HEAVIEST = 64_000_000
# The same where the program was installed by name and a text starts it: a browser without its
# resources is of no use, whatever it weighs.
_HEAVIEST_INSTALLED = 1_000_000_000
# The same where nobody was seen to ask for a program, but somebody has installed it by name.
_HEAVIEST_OF_BYSTANDER = 10_000_000


class PackageDataRule(Rule):
    """A program finds its data by a path that was compiled into it: PostgreSQL its extensions,
    ImageMagick its tables, Ghostscript its resources; a script has its modules besides. The
    package whose program ran, or of whose data something was read, keeps what it has in
    directories of its own. Not its modules, which another rule keeps, nor its programs on the
    PATH, nor its tests."""

    name = "package-data"
    summary = "data in directories of its own, of each distribution package that was used"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._done: set[str] = set()
        self._heavy: dict[str, int] = {}
        self._split: set[str] = set()

    def begin(self) -> Iterable[Want]:
        packages = self.context.request.packages
        if packages is None:
            return
        used: dict[Package, str] = {}
        for path in sorted(self.context.seen):
            if path in self.context.executed or private_folder(path):
                package = packages.owner(path)
                if package is not None:
                    used.setdefault(package, path)
        for package, because in used.items():
            self._done.add(package.name)
            for path in self._data_of(package, modules=False):
                detail = f"data of the package {package.name}, of which {because} was used"
                yield Want(path=path, detail=detail, bystander=True)
        yield from self._data_of_sisters(packages, used)

    def _data_of_sisters(
        self, packages: PackageDatabase, used: Mapping[Package, str]
    ) -> Iterable[Want]:
        """What was installed by name and made of the same source as something that was used, as
        cyrus-imapd beside cyrus-common: the program that is there runs what is in it by name."""
        sources = {package.source: because for package, because in used.items()}
        for package in packages.packages:
            because = sources.get(package.source, "")
            if not because or not package.requested or package.name in self._done:
                continue
            data = list(self._data_of(package, modules=False))
            if package.essential or self.context.index.size_of(data) > _HEAVIEST_OF_BYSTANDER:
                continue
            self._done.add(package.name)
            for path in data:
                detail = f"data of the package {package.name}, beside {because} of the same source"
                yield Want(path=path, detail=detail, bystander=True)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        """A program that is kept without having run, since a script or a source names it, has its
        data as well, and what a package of the same source has for it: `libtcl8.6` for `tcl8.6`.
        One that is a bystander, if it was installed by name: `convert` for a library that calls it
        can do nothing without its coders."""
        packages = self.context.request.packages
        if packages is None:
            return
        for kept in fresh:
            if is_module_of_language(kept.path):
                yield from self._data_of_modules(kept)
            # `erl` is a link to /usr/lib/erlang/bin/erl.
            entry = self.context.index.resolve(kept.path).entry if _is_called(kept.path) else kept
            owner = packages.owner(entry.path) if entry is not None and is_program(entry) else None
            if entry is None or owner is None or owner.essential:
                continue
            # A web server starts what was installed beside it.
            is_asked_for = owner in self._asked_for
            is_cgi = name_of(parent_of(entry.path)) == "cgi-bin" and is_asked_for
            is_bystander = kept.path in self.context.bystanders
            if is_bystander and not is_asked_for:
                continue
            # `soffice` starts a `soffice.bin`, which another package has in a directory of its own.
            is_behind = is_asked_for and not is_bystander and bool(private_folder(entry.path))
            if not (_is_called(kept.path) or is_cgi or is_behind):
                continue
            parts = packages.of_one_source(owner)
            if not is_bystander:
                # Of others, what has no libraries and programs: `tesseract-ocr-eng`.
                direct = [each for part in parts for each in packages.dependencies(part)]
                # `erlang-ssl` needs `erlang-asn1`.
                others = (part for each in direct for part in packages.of_one_source(each))
                parts += [
                    each
                    for each in dict.fromkeys(others)
                    if self._is_data(each) and each not in parts
                ]
            limit = _HEAVIEST
            if is_bystander:
                limit = _HEAVIEST_OF_BYSTANDER
            elif is_asked_for and not is_to_build_with(owner):
                limit = _HEAVIEST_INSTALLED
            for package in parts:
                if package.name not in self._done:
                    yield from self._data_for(
                        entry, package, limit=limit, is_bystander=is_bystander
                    )

    def _data_of_modules(self, module: Entry) -> Iterable[Want]:
        """Debian splits what has many data: `python-babel-localedata`, `hyphen-en-us`."""
        packages = self.context.request.packages
        owner = packages.owner(module.path) if packages is not None else None
        if packages is None or owner is None or owner.essential or owner.name in self._split:
            return
        self._split.add(owner.name)
        parts = packages.of_one_source(owner)[1:]
        for package in dict.fromkeys((*parts, *packages.dependencies(owner))):
            files = packages.files()[package]
            limit = _HEAVIEST
            if package not in parts:
                if any(map(is_module_of_language, files)):
                    continue  # its language says whether it is needed
                limit = _HEAVIEST_OF_BYSTANDER
            if not self._is_data(package) or self.context.index.size_of(files) > limit:
                continue
            for path in without_tests(files):
                if not is_documentation(path) and not is_for_building(path):
                    detail = f"data of the package {owner.name}, in {package.name}"
                    yield Want(path=path, detail=detail, because=module.path, bystander=True)

    def _is_data(self, package: Package) -> bool:
        packages = self.context.request.packages
        if packages is None or package.essential or package.section.endswith("libs"):
            return False
        return not any(
            _is_called(path) or (".so" in path and not private_folder(path))
            for path in packages.files()[package]
        )

    def _data_for(
        self, program: Entry, package: Package, *, limit: int, is_bystander: bool
    ) -> Iterable[Want]:
        data = list(self._data_of(package, modules=True))
        self.context.content.fetch([program.path])
        if self.context.content.head(program.path, 2) == b"#!":
            # The script is what loads its package's modules: `borg` is three lines of Python.
            data += filter(is_module_of_language, self._files_of(package))
        size = self.context.index.size_of(data)
        if is_bystander:
            if size > limit:
                return
            data = self._without_heavy_modules(program, data)
        self._done.add(package.name)
        for path in data if size <= limit else ():
            detail = f"data of the package {package.name}, for {program.path}"
            yield Want(path=path, detail=detail, because=program.path, bystander=True)

    def _without_heavy_modules(self, program: Entry, data: Sequence[str]) -> list[str]:
        """Of modules, those that need little beyond what the program itself is linked to."""
        entries = [
            entry
            for path in data
            if path.endswith(".so")
            and (entry := self.context.index.get(path)) is not None
            and entry.type is EntryType.FILE
        ]
        self.context.content.fetch(entry.path for entry in entries)
        most = weight_of_libraries(self.context, program, limit=_HEAVIEST) + _HEAVIEST_OF_BYSTANDER
        weights = {
            entry.path: weight_of_libraries(self.context, entry, limit=most) for entry in entries
        }
        self._heavy.update({path: weight for path, weight in weights.items() if weight > most})
        return [path for path in data if path not in self._heavy]

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        return omissions(self._heavy, kept)

    @cached_property
    def _asked_for(self) -> frozenset[Package]:
        packages = self.context.request.packages
        return frozenset() if packages is None else frozenset(packages.asked_for)

    def _data_of(self, package: Package, *, modules: bool) -> Iterable[str]:
        """What it has in directories of its own, and its configuration. Modules of a program that
        ran are another rule's."""
        for path in without_tests(self._files_of(package)):
            if own_tree(path) or parent_of(path) == "/etc":
                yield path
            elif not private_folder(path, package.source):
                continue
            elif path.endswith((".so", ".la")):
                # Libtool's description beside a module is how some programs find it.
                if modules:
                    yield path
            elif not is_for_building(path):
                yield path

    def _files_of(self, package: Package) -> Sequence[str]:
        packages = self.context.request.packages
        return packages.files()[package] if packages is not None else ()


def _is_called(path: str) -> bool:
    return parent_of(path) in PROGRAM_FOLDERS
