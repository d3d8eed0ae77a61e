"""Distribution packages as a whole: the strategy `safe`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.files import Package
from slimmer.keep.programs import is_program
from slimmer.keep.rule import Context, Rule, Want
from slimmer.keep.rules.packages.places import is_documentation
from slimmer.values import Entry, Strategy


class WholePackagesRule(Rule):
    """Every distribution package of which a file was seen, or a program is kept to be started,
    stays whole, and so do those that it depends on: what the distribution tested together stays
    together. A unit of systemd that a link leads to, or a module beside others, is no reason.
    Manuals, documentation and translations are left out; licences stay."""

    name = "whole-packages"
    summary = "each distribution package in use, with its dependencies, without manuals"
    strategies = frozenset({Strategy.SAFE})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._packages = context.request.packages
        self._kept: set[Package] = set()
        self._files = {} if self._packages is None else self._packages.files()

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if self._packages is None:
            return
        for entry in fresh:
            is_started = is_program(entry) and entry.path not in self.context.bystanders
            if entry.path not in self.context.seen and not is_started:
                continue
            owner = self._packages.owner(entry.path)
            if owner is not None and owner not in self._kept:
                detail = f"part of the package {owner.name}"
                yield from self._whole(owner, detail, entry.path)

    def _whole(self, package: Package, detail: str, because: str) -> Iterable[Want]:
        if self._packages is None or package in self._kept:
            return
        self._kept.add(package)
        for path in self._files[package]:
            if not is_documentation(path):
                yield Want(path=path, detail=detail, because=because, bystander=True)
        for dependency in self._packages.dependencies(package):
            detail = f"part of the package {dependency.name}, which {package.name} depends on"
            yield from self._whole(dependency, detail, because)
