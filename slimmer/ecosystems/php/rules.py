"""PHP: packages that composer installed, and the command line beside a server."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable

from slimmer.ecosystems.awaited import AwaitedFoldersRule
from slimmer.files import name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Rule, Want

_NO_RUNTIME = re.compile(
    r"(?:.*/)?(?:tests?|doc|docs|examples?|\.github)(?:/.*)?|.*\.(?:md|rst|dist|neon)", re.I
)
_INSTALLED = "composer/installed.json"
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
