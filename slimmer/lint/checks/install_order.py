"""SL010: code is copied before its dependencies are installed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slimmer.dockerfile import Copy, Stage
from slimmer.lint.check import Check
from slimmer.lint.commands import commands_of
from slimmer.lint.finding import Finding
from slimmer.lint.managers import Install, installs_of, is_manifest
from slimmer.lint.subject import Subject
from slimmer.words import printable

_OF_THE_PROJECT = re.compile(r"^\s*(?:-e\s+)?\.{1,2}(?:[/\[\s]|$)", re.MULTILINE)


class InstallOrder(Check):
    """Each change of a line of code then installs everything again."""

    code = "SL010"
    name = "code is copied before dependencies are installed"
    severity = "warning"

    def find(self, subject: Subject) -> Iterator[Finding]:
        for stage in subject.dockerfile.stages:
            yield from self._of_stage(subject, stage)

    def _of_stage(self, subject: Subject, stage: Stage) -> Iterator[Finding]:
        by_step: list[Copy] = []
        told: set[str] = set()
        for step in subject.own_steps(stage):
            copy = subject.copy_at(step)
            if copy is not None and copy.takes_context:
                by_step.append(copy)
            if step.instruction.name != "RUN":
                continue
            for install in installs_of(commands_of(step.instruction)):
                if install.manager.name in told or not install.manager.manifests:
                    continue
                told.add(install.manager.name)
                mixed = _mixed(subject, by_step, install)
                if mixed is not None:
                    yield self._finding(mixed, install, step.instruction.line)

    def _finding(self, copy: Copy, install: Install, line: int) -> Finding:
        sources = " ".join(map(printable, copy.sources))
        what = " ".join((install.command.name, *install.command.words[:2])).strip()
        return self.finding(
            copy.step.instruction.line,
            f"this copies `{sources}` before `{printable(what)}` (line {line}), so that each "
            "changed line of code installs everything again. "
            f"First copy {install.manager.first} and install, then copy the rest",
        )


def _mixed(subject: Subject, copies: list[Copy], install: Install) -> Copy | None:
    """The COPY that brings what says what to install, and code with it; None where there is none,
    or where the code is needed for it."""
    manager = install.manager
    if {"--local", "--offline"}.intersection(install.command.options):
        return None  # nothing is downloaded
    local = [word for word in install.packages if word == "." or word.startswith(("./", ".["))]
    if (
        subject.context is None
        or local
        or (install.packages and manager.name not in ("go", "maven"))
    ):
        return None
    if manager.name == "go" and install.packages[:1] == ("mod",):
        return None
    for copy in copies:
        files = subject.context.taken(copy)
        manifests = [file for file in files if is_manifest(_name(file.path), manager)]
        if not manifests:
            continue
        code = any(not _is_any_manifest(_name(file.path)) for file in files)
        needs_code = any(
            _OF_THE_PROJECT.search(_text(subject, file.path))
            for file in manifests
            if file.path.endswith(".txt")
        )
        return copy if code and not needs_code else None
    return None


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _is_any_manifest(name: str) -> bool:
    return name.startswith(".") or is_manifest(name)


def _text(subject: Subject, path: str) -> str:
    assert subject.context is not None
    try:
        return (subject.context.folder / path).read_text("utf-8", "replace")
    except OSError:
        return ""
