"""What the user asked for by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from slimmer.errors import UsageError
from slimmer.files import name_of
from slimmer.keep.engine_paths import MOUNTED_FILES, is_engine_artefact
from slimmer.keep.rule import Rule, Want
from slimmer.keep.rules.packages.places import is_documentation
from slimmer.values import EntryType

_MOST_NEAR_MISSES = 3


class IncludeRule(Rule):
    """A directory means all that is in it; a link means itself and what it leads to, which may be
    a directory. Links that lie in such a directory are kept with their targets, but a directory
    that one of them leads to is not entered: one link to `/` would keep the whole image."""

    name = "include"
    summary = (
        "what --include names, with all that is below, and what slim watch saw to be missing, with "
        "its packages"
    )

    def begin(self) -> Iterable[Want]:
        includes = self._from_root()
        missing = [
            path
            for path in includes
            if path not in MOUNTED_FILES and self.context.index.resolve(path).named is None
        ]
        if missing:
            raise self._nothing_there(missing)
        for path, file in self.context.request.missed:
            yield Want(path=path, detail=f"missed by slim watch, says {file}", even_if_missing=True)
        yield from self._packages_of_missed()
        for include in includes:
            yield Want(path=include, detail=f"asked for by --include {include}")
            top = self.context.index.resolve(include).entry
            if top is None or top.type is not EntryType.DIRECTORY:
                continue
            detail = f"below --include {include}"
            for entry in self.context.index.subtree(top.path):
                if entry is not top and not is_engine_artefact(entry):
                    yield Want(path=entry.path, detail=detail)

    def _from_root(self) -> list[str]:
        """What --include names; `srv/data` and `./srv/data` are `/srv/data`."""
        return [f"/{path.removeprefix('./').lstrip('/')}" for path in self.context.request.includes]

    def _packages_of_missed(self) -> Iterable[Want]:
        """Who looks for a file of a package will look for the next one: the package stays whole."""
        packages = self.context.request.packages
        if packages is None:
            return
        missed: set[str] = set()
        for path, _ in self.context.request.missed:
            walk = self.context.index.resolve(path)
            owners = (
                packages.owner(each.path) for each in (*walk.way, walk.named, walk.entry) if each
            )
            missed |= {owner.name for owner in owners if owner is not None}
        for package, files in packages.files().items():
            detail = f"part of the package {package.name}, of which slim watch missed a file"
            for path in files if package.name in missed else ():
                if not is_documentation(path):
                    yield Want(path=path, detail=detail, bystander=True)

    def notes(self, kept: Collection[str]) -> Iterable[str]:
        for path in self._from_root():
            if path in MOUNTED_FILES and path not in kept:
                yield (
                    f"--include {path} has no effect: in every container the engine puts a file of "
                    "its own there, and what the image has cannot be seen."
                )
        gone: dict[str, list[str]] = {}
        for path, file in self.context.request.missed:
            if self.context.index.resolve(path).named is None:
                gone.setdefault(file, []).append(path)
        for file, paths in gone.items():
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            yield f"{file} names {paths[0]}{more}, which the image does not have (any more)."

    def _nothing_there(self, missing: list[str]) -> UsageError:
        several = len(missing) > 1
        near = [f"{path}: {self._near_misses(path)}" for path in missing]
        return UsageError(
            f"--include names {'paths' if several else 'a path'} that the image does not have: "
            f"{', '.join(missing)}",
            hint="paths are taken from the image's root and name files, links or directories",
            details="\n".join(near),
        )

    def _near_misses(self, path: str) -> str:
        index = self.context.index
        name = name_of(path.rstrip("/"))
        same_name = [entry.path for entry in index if name and name_of(entry.path) == name]
        deepest = index.resolve(path).deepest
        siblings = [entry.path for entry in index.children(deepest.path)]
        wanted = path[len(deepest.path) :].strip("/").partition("/")[0]
        close_names = get_close_matches(wanted, map(name_of, siblings), n=_MOST_NEAR_MISSES)
        close = [sibling for sibling in siblings if name_of(sibling) in close_names]
        near = list(dict.fromkeys((*close, *same_name)))[:_MOST_NEAR_MISSES]
        if near:
            return f"did you mean {' or '.join(near)}?"
        return f"{deepest.path} exists, and has no {wanted or name}"
