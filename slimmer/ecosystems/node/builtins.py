"""Node's own modules where a distribution has taken them out of the program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.ecosystems.node.packages import GLOBAL_FOLDERS
from slimmer.files import is_below, name_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry


class NodeBuiltinsRule(Rule):
    """Debian's Node loads `fetch` (undici) and its parsers from packages of their own, at the
    first use, by paths that are compiled in. Those packages are the ones that the package of the
    program depends on."""

    name = "node-builtins"
    summary = "modules of Node itself that the distribution has packed beside it"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._packages = context.request.packages

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if self._packages is None:
            return
        for entry in fresh:
            if not name_of(entry.path).startswith(("libnode.so", "node")):
                continue
            owner = self._packages.owner(entry.path)
            if owner is None or any(is_below(entry.path, folder) for folder in GLOBAL_FOLDERS):
                continue
            files = self._packages.files()
            for dependency in self._packages.dependencies(owner):
                for path in files[dependency]:
                    if any(is_below(path, folder) for folder in GLOBAL_FOLDERS):
                        detail = f"a module of Node itself, packed as {dependency.name}"
                        yield Want(path=path, detail=detail, because=entry.path)
