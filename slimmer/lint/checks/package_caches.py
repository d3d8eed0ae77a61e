"""SL021: a layer keeps what a package manager has downloaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from slimmer.dockerfile import Step
from slimmer.lint.check import Check
from slimmer.lint.commands import Command, script_of
from slimmer.lint.finding import Finding
from slimmer.lint.managers import Install, installs_of
from slimmer.lint.subject import Subject


@dataclass(frozen=True, kw_only=True)
class _Cache:
    option: re.Pattern[str]
    """An option of the install that avoids it."""
    cleaned: re.Pattern[str]
    """In the script of the same RUN: what removes it."""
    variables: tuple[str, ...] = ()
    """Set by ENV or ARG to anything that is true, they avoid it."""
    mount: str
    """Part of the target of a mount that keeps it out of the layer."""
    advice: str


_REMOVED: Final = r"\brm\b[^;&|\n]*"
_CACHES: Final[Mapping[str, _Cache]] = {
    "pip": _Cache(
        option=re.compile(r"--no-cache(?:-dir)?"),
        cleaned=re.compile(rf"pip\S*\s+cache\s+purge|uv\s+cache\s+clean|{_REMOVED}\.cache\b"),
        variables=("PIP_NO_CACHE_DIR", "UV_NO_CACHE"),
        mount="cache",
        advice="Write `pip install --no-cache-dir …`",
    ),
    "npm": _Cache(
        option=re.compile(r"--cache=?"),
        cleaned=re.compile(rf"npm\s+cache\s+clean|npm\s+cache\s+rm|{_REMOVED}\.npm\b"),
        mount="npm",
        advice="End this RUN with `&& npm cache clean --force`",
    ),
    "yarn": _Cache(
        option=re.compile(r"--cache-folder=?"),
        cleaned=re.compile(rf"yarn\s+cache\s+clean|{_REMOVED}cache\b"),
        mount="yarn",
        advice="End this RUN with `&& yarn cache clean`",
    ),
    "apk": _Cache(
        option=re.compile(r"--no-cache"),
        cleaned=re.compile(rf"{_REMOVED}/(?:var/cache|etc/apk/cache)"),
        mount="/var/cache/apk",
        advice="Write `apk add --no-cache …`",
    ),
    "dnf": _Cache(
        option=re.compile(r"--setopt=keepcache=(?:0|false)"),
        cleaned=re.compile(
            rf"\b(?:dnf|yum|microdnf|tdnf)\b[^;&|\n]*\bclean\b|{_REMOVED}/var/cache"
        ),
        mount="/var/cache",
        advice="End this RUN with `&& dnf clean all`",
    ),
    "zypper": _Cache(
        option=re.compile(r"--no-cache"),
        cleaned=re.compile(rf"\bzypper\b[^;&|\n]*\b(?:clean|cc)\b|{_REMOVED}/var/cache"),
        mount="/var/cache",
        advice="End this RUN with `&& zypper clean --all`",
    ),
}


class PackageCaches(Check):
    """What one RUN leaves, no later one can take out of its layer."""

    code = "SL021"
    name = "a package manager's cache kept in a layer"
    severity = "warning"
    same_as = frozenset(("DL3042", "DL3019", "DL3032", "DL3036", "DL3040", "DL3060"))

    def find(self, subject: Subject) -> Iterator[Finding]:
        for step, commands in subject.runs:
            told = set()
            for install in installs_of(commands):
                name = install.manager.name
                cache = _CACHES.get(name)
                if cache and name not in told and not _is_avoided(step, install, cache, commands):
                    told.add(name)
                    yield self.finding(
                        step.instruction.line,
                        f"the cache of {install.command.name} is kept in this layer. "
                        f"{cache.advice}, or keep it on the builder with `--mount=type=cache`",
                    )


def _is_avoided(step: Step, install: Install, cache: _Cache, commands: tuple[Command, ...]) -> bool:
    instruction = step.instruction
    settings = {*step.variables, *re.findall(r"\b([A-Z_]+)=(?!0\b|false\b)", instruction.text)}
    return (
        any(map(cache.option.match, install.command.options))
        or any(cache.mount in mount for mount in instruction.flags_of("mount"))
        or not settings.isdisjoint(cache.variables)
        or bool(cache.cleaned.search(script_of(instruction)))
        or any(cache.cleaned.search(" ".join((each.name, *each.words))) for each in commands)
    )
