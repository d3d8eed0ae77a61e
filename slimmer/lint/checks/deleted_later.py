"""SL022: a layer deletes what an earlier one has brought."""

from __future__ import annotations

import fnmatch
import itertools
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from slimmer.dockerfile import Step
from slimmer.lint.check import Check
from slimmer.lint.commands import Command
from slimmer.lint.finding import Finding
from slimmer.lint.managers import installs_of
from slimmer.lint.subject import Subject
from slimmer.words import printable, size

_REMOVERS: Final = {
    "apt-get": ("remove", "purge", "autoremove"),
    "apt": ("remove", "purge", "autoremove"),
    "apk": ("del",),
    "dnf": ("remove", "erase"),
    "yum": ("remove", "erase"),
    "microdnf": ("remove",),
}
_OF_THE_BASE: Final = re.compile(r"/usr/share/(?:doc|man|locale|info|i18n)(?:/|$)")
_WILDCARDS: Final = re.compile(r"[*?\[]")
_WORTH_TELLING: Final = 100_000


@dataclass(frozen=True, kw_only=True)
class _Thing:
    """A path that a step has put there."""

    path: str
    line: int
    size: int | None
    """None where it is not known."""


class DeletedLater(Check):
    """The bytes stay in the layer below: the image is as large as before."""

    code = "SL022"
    name = "deleted in a later layer"
    severity = "warning"

    def find(self, subject: Subject) -> Iterator[Finding]:
        things: list[_Thing] = []
        packages: dict[str, int] = {}
        runs = {id(step.instruction): commands for step, commands in subject.runs}
        for step in subject.steps:
            commands = runs.get(id(step.instruction), ())
            yield from self._files(step, commands, things)
            yield from self._packages(step, commands, packages)
            things += _brought(subject, step, commands)
            for install in installs_of(commands):
                for package in install.packages:
                    packages.setdefault(_bare(package), step.instruction.line)
                if install.manager.name == "apk":
                    packages |= dict.fromkeys(_virtual(install.command), step.instruction.line)

    def _files(
        self, step: Step, commands: tuple[Command, ...], things: list[_Thing]
    ) -> Iterator[Finding]:
        is_moved = any(command.name in ("cd", "pushd") for command in commands)
        for command in commands:
            if command.name != "rm":
                continue
            for word in command.operands:
                pattern = _absolute(step, word, is_moved)
                if pattern is None:
                    continue
                hit = [thing for thing in things if _covers(pattern, thing.path)]
                weight = sum(thing.size or 0 for thing in hit)
                if hit and (weight >= _WORTH_TELLING or any(thing.size is None for thing in hit)):
                    lines = ", ".join(str(line) for line in sorted({each.line for each in hit}))
                    what = f"{size(weight)} of " if weight else ""
                    yield self.finding(
                        step.instruction.line,
                        f"`rm {printable(word)}` saves nothing: {what}what line {lines} brought "
                        "is still in that layer. Delete it in the RUN that makes it, leave it out "
                        "with .dockerignore, or make it in a build stage",
                    )
                elif not hit and _OF_THE_BASE.match(pattern) and not any(installs_of(commands)):
                    yield self.finding(
                        step.instruction.line,
                        f"`rm {printable(word)}` saves nothing: layers below still have it. "
                        "Delete them in the RUN that installs them, or take a base without them",
                    )

    def _packages(
        self, step: Step, commands: tuple[Command, ...], packages: dict[str, int]
    ) -> Iterator[Finding]:
        here = {_bare(each) for install in installs_of(commands) for each in install.packages}
        for command in commands:
            if not set(command.operands[:1]).intersection(_REMOVERS.get(command.name, ())):
                continue
            names = [_bare(word) for word in command.operands[1:]]
            gone = [name for name in names if name in packages and name not in here]
            if gone:
                line = packages[gone[0]]
                shown = ", ".join(map(printable, gone[:4])) + (" …" if len(gone) > 4 else "")
                yield self.finding(
                    step.instruction.line,
                    f"removing {shown} saves nothing: what line {line} has installed "
                    "is still in that layer. Install, use and remove them in one RUN, or "
                    "in a build stage",
                )


def _brought(subject: Subject, step: Step, commands: tuple[Command, ...]) -> Iterator[_Thing]:
    line = step.instruction.line
    copy = subject.copy_at(step)
    if copy and copy.destination and copy.origin is not None:
        for source in copy.sources:
            name = source.rpartition("/")[2] if copy.into_folder else ""
            path = posixpath.join(copy.destination, name) if name else copy.destination
            yield _Thing(path=path, line=line, size=None)
    elif copy and subject.context:
        for path, file in subject.context.placed(copy):
            yield _Thing(path=path, line=line, size=file.size)
    for command in commands:
        for path in _downloads(command):
            target = _absolute(step, path, any(each.name == "cd" for each in commands))
            if target and not _is_deleted(step, target, commands):
                yield _Thing(path=target, line=line, size=None)


def _downloads(command: Command) -> Iterator[str]:
    """Files that curl and wget write; names that only an address has."""
    words = command.words
    if command.name not in ("curl", "wget"):
        return
    by_name = command.name == "wget"
    letter = "o" if command.name == "curl" else "O"
    for option, value in itertools.pairwise((*words, "")):
        if re.fullmatch(f"-[a-zA-Z]*{letter}|--output", option):
            by_name = False
            if value and value != "-":
                yield value
        elif command.name == "curl" and re.fullmatch("-[a-zA-Z]*O|--remote-name", option):
            by_name = True
        elif re.match("-[OP].|--output-document|--directory-prefix", option):
            by_name = False
    if by_name:
        for word in command.operands:
            if "://" in word and not word.endswith("/"):
                yield word.rpartition("/")[2].partition("?")[0]


def _is_deleted(step: Step, path: str, commands: tuple[Command, ...]) -> bool:
    patterns = (
        _absolute(step, word, False)
        for command in commands
        if command.name in ("rm", "mv")
        for word in command.operands
    )
    return any(pattern is not None and _covers(pattern, path) for pattern in patterns)


def _absolute(step: Step, word: str, is_moved: bool) -> str | None:
    """A path of a command; None where it is relative to what is not known."""
    if word.startswith("/"):
        return posixpath.normpath(word)
    if step.workdir is None or is_moved or not word or word.startswith("~"):
        return None
    return posixpath.normpath(posixpath.join(step.workdir, word))


def _covers(pattern: str, path: str) -> bool:
    """Whether `rm -r PATTERN` deletes the path."""
    if pattern == "/":
        return False
    if not _WILDCARDS.search(pattern):
        return path == pattern or path.startswith(pattern + "/")
    depth = pattern.count("/")
    upper = "/".join(path.split("/")[: depth + 1])
    return upper.count("/") == depth and fnmatch.fnmatchcase(upper, pattern)


def _bare(package: str) -> str:
    return re.split(r"[=<>~:/]", package, maxsplit=1)[0]


def _virtual(command: Command) -> list[str]:
    """The name of `apk add --virtual NAME`."""
    words = command.words
    pairs = tuple(itertools.pairwise(words))
    return [value for option, value in pairs if option in ("-t", "--virtual")] + [
        word.partition("=")[2] for word in words if word.startswith("--virtual=")
    ]
