"""PHP: what composer or the distribution has installed, and the command line beside a server."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence

from slimmer.ecosystems.awaited import AwaitedFoldersRule
from slimmer.files import Package, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry

_NO_RUNTIME = re.compile(
    r"(?:.*/)?(?:tests?|doc|docs|examples?|\.github)(?:/.*)?|.*\.(?:md|rst|dist|neon)", re.I
)
_INSTALLED = "composer/installed.json"
_DOCUMENTATION = ("/usr/share/doc/", "/usr/share/lintian/", "/usr/share/man/")
# Bytes of one package of the distribution that another one of PHP depends on.
_HEAVIEST = 16_000_000
# PHP in Apache, and the manager of FastCGI processes.
_SERVER = re.compile(r"(?:lib|mod_)php(?P<of_apache>\d[\d.]*)?\.so|php-fpm(?P<of_fpm>\d[\d.]*)?")


class ComposerRule(AwaitedFoldersRule):
    """PHP loads a class when its name first comes up, so all that composer installed may be
    needed, but what it installed for development only. Extensions are no business of this rule:
    PHP loads those that its configuration names at its start, where the trace sees them."""

    name = "composer"
    summary = (
        "composer's vendor directory where it was used, without development packages and tests"
    )
    strategies = BEYOND_MINIMAL

    def folders(self) -> Iterable[str]:
        for path in self.context.named.get("installed.json", ()):
            if path.endswith(f"/{_INSTALLED}"):
                yield parent_of(parent_of(path))

    def content(self, vendor: str, because: str) -> Iterable[Want]:
        development = self._development_packages(f"{vendor}/{_INSTALLED}")
        for entry in self.context.index.subtree(vendor):
            inside = entry.path[len(vendor) + 1 :]
            package = "/".join(inside.split("/")[:2])
            within = inside[len(package) + 1 :]
            if package in development or (within and _NO_RUNTIME.fullmatch(within)):
                continue
            detail = f"installed by composer in {vendor}"
            yield Want(path=entry.path, detail=detail, because=because, bystander=True)

    def _development_packages(self, path: str) -> frozenset[str]:
        """`dev-package-names` of composer 2; composer 1 did not tell."""
        self.context.content.fetch([path])
        with self.context.content.open(path) as stream:
            text = os.fsdecode(stream.read())
        try:
            names = json.loads(text).get("dev-package-names", ())
        except (ValueError, AttributeError, RecursionError):
            return frozenset()
        return frozenset(name for name in names if isinstance(name, str))


class PhpModulesRule(Rule):
    """A distribution puts what several applications in PHP use into packages of their own: a wiki
    has its colours in /usr/share/php-geshi, and nothing but what the package depends on tells so
    for sure, as paths are put together from variables."""

    name = "php-modules"
    summary = "packages in PHP of the distribution that those depend on which are kept"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._done: set[Package] = set()

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        packages = self.context.request.packages
        if packages is None:
            return
        for entry in fresh:
            owner = packages.owner(entry.path) if _is_module(entry.path) else None
            if owner is None or owner in self._done:
                continue
            self._done.add(owner)
            for other in packages.dependencies(owner):
                files = packages.files()[other]
                if not any(map(_is_module, files)) or self._is_too_heavy(files):
                    continue
                for path in files:
                    if not path.startswith(_DOCUMENTATION) or name_of(path) == "copyright":
                        detail = f"a module of {other.name}, which {owner.name} needs"
                        yield Want(path=path, detail=detail, because=entry.path, bystander=True)

    def _is_too_heavy(self, files: Sequence[str]) -> bool:
        return self.context.index.size_of(files) > _HEAVIEST


def _is_module(path: str) -> bool:
    """Whether it is code in PHP where a distribution puts what is the same on all machines."""
    return path.startswith("/usr/share/") and path.endswith((".php", ".inc"))


class PhpConsoleRule(Rule):
    """An application that PHP serves has commands as well: migrations, queues, `artisan` and
    `bin/console`, which an administrator or a schedule runs in the container. They have the
    libraries and extensions of the server, and ask for `php` by way of env."""

    name = "php-console"
    summary = "the command line of a PHP that ran in a server, and its env"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        for path in sorted(self.context.seen):
            match = _SERVER.fullmatch(name_of(path))
            if match:
                version = match["of_apache"] or match["of_fpm"] or ""
                for program in dict.fromkeys((f"php{version}", "php", "env")):
                    found = self.context.programs.find(program)
                    if found:
                        yield Want(path=found, detail=f"the command line of {path}", because=path)
                return
