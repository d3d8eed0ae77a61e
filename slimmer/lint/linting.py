"""A Dockerfile and its context in, findings out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slimmer.disk import exists, is_directory, is_regular
from slimmer.dockerfile import (
    Context,
    Dockerfile,
    Source,
    Stage,
    read_context,
    read_source,
    stages_of,
)
from slimmer.errors import DockerfileError
from slimmer.lint.checks import CHECKS
from slimmer.lint.document import ContextFacts, HadolintFacts, LintedFile, Weight
from slimmer.lint.finding import Finding
from slimmer.lint.hadolint import INSTALL, HadolintResult, run_hadolint
from slimmer.lint.pragmas import Pragmas, pragmas_of
from slimmer.lint.subject import Subject
from slimmer.words import printable

NAMES: Final = ("Dockerfile", "Containerfile", "dockerfile")
"""What builders look for in a folder, in this order."""
STDIN: Final = "-"


@dataclass(frozen=True, kw_only=True)
class LintOptions:
    """How to lint."""

    context: Path | None = None
    """None: the folder of the Dockerfile."""
    target: str = ""
    """Name or number of the stage that becomes the image; empty: the last one."""
    ignore: frozenset[str] = frozenset()
    hadolint: str = ""
    """The program; empty where it is not installed."""
    with_hadolint: bool = True
    hadolint_options: tuple[str, ...] = ()


def dockerfile_in(place: Path) -> Path:
    """The Dockerfile that a path means: itself, or the one in this folder. Raises
    DockerfileError, which says what was looked for."""
    if is_directory(place):
        for name in NAMES:
            if is_regular(place / name):
                return place / name
        others = sorted(path.name for path in place.iterdir() if "dockerfile" in path.name.lower())
        hint = (
            f"name one: slim lint {printable(str(place / others[0]))}"
            if others
            else ("name the Dockerfile, or the folder that it is in")
        )
        raise DockerfileError(
            f"no Dockerfile in {printable(str(place))}: looked for {', '.join(NAMES)}", hint=hint
        )
    if not exists(place):
        raise DockerfileError(
            f"{printable(str(place))} does not exist",
            hint=f"name a Dockerfile, or a folder with one ({', '.join(NAMES)})",
        )
    return place


def lint_file(path: Path, options: LintOptions) -> LintedFile:
    """Lint one Dockerfile. Raises DockerfileError for what no builder would take, HadolintError
    where hadolint is installed and fails."""
    content = _content(path)
    context = read_context(options.context or path.parent, path)
    return lint_text(content, str(path), context, options)


def lint_text(
    content: bytes, name: str, context: Context | None, options: LintOptions
) -> LintedFile:
    """The same for a text; None for a context skips all checks that need one."""
    subject = _subject(content, name, context, options)
    source = subject.dockerfile.source
    own = [finding for check in CHECKS for finding in check.find(subject)]
    result, facts, notes = _hadolint(source, options)
    twins = {check.code: check.same_as for check in CHECKS}
    told_twice = {(finding.line, code) for finding in own for code in twins[finding.code]}
    others = [each for each in result.findings if (each.line, each.code) not in told_twice]
    findings = _left([*own, *others], twins, pragmas_of(source), options.ignore)
    return LintedFile(
        path=name,
        findings=tuple(sorted(findings, key=lambda each: (each.line, each.code, each.message))),
        ignored=len(own) + len(others) - len(findings),
        context=context_facts(subject) if context else None,
        hadolint=facts,
        notes=tuple(notes),
    )


def _subject(content: bytes, name: str, context: Context | None, options: LintOptions) -> Subject:
    dockerfile = stages_of(read_source(content, name))
    target = _target(dockerfile, options.target)
    return Subject(dockerfile=dockerfile, context=context, target=target)


def read_subject(path: Path, options: LintOptions) -> tuple[Subject, tuple[Finding, ...]]:
    """A Dockerfile with its context, and what our own checks say of it. Raises DockerfileError."""
    content = _content(path)
    context = read_context(options.context or path.parent, path)
    subject = _subject(content, str(path), context, options)
    return subject, tuple(finding for check in CHECKS for finding in check.find(subject))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DockerfileError(f"cannot read {printable(str(path))}: {error.strerror}") from error


def _left(
    findings: Iterable[Finding],
    twins: dict[str, frozenset[str]],
    pragmas: Pragmas,
    ignore: frozenset[str],
) -> list[Finding]:
    left = []
    for finding in findings:
        codes = frozenset((finding.code,)) | twins.get(finding.code, frozenset())
        if codes.isdisjoint(ignore) and not pragmas.ignore(codes, finding.line):
            left.append(finding)
    return left


def _target(dockerfile: Dockerfile, name: str) -> Stage:
    if not name:
        return dockerfile.final
    for stage in dockerfile.stages:
        if name.lower() == stage.name or name == str(stage.index):
            return stage
    names = [stage.name for stage in dockerfile.stages if stage.name]
    raise DockerfileError(
        f"{dockerfile.source.name} has no stage `{printable(name)}`",
        hint=f"its stages: {', '.join(map(printable, names))}"
        if names
        else "its stages are numbers",
    )


def _hadolint(
    source: Source, options: LintOptions
) -> tuple[HadolintResult, HadolintFacts, Sequence[str]]:
    nothing = HadolintResult(findings=())
    if not options.with_hadolint:
        return nothing, HadolintFacts(state="off"), ()
    if not options.hadolint:
        note = f"hadolint is not installed: only slim's own checks ran. {INSTALL} brings it"
        return nothing, HadolintFacts(state="missing"), (note,)
    result = run_hadolint(options.hadolint, source, options.hadolint_options)
    notes = []
    if result.unseen:
        ranges = (
            str(each.first) if each.first == each.last else f"{each.first} to {each.last}"
            for each in result.unseen
        )
        notes.append(
            f"hadolint cannot read line {', '.join(ranges)} and saw nothing of it; slim's own "
            "checks did"
        )
    return result, HadolintFacts(state="ran", unseen=result.unseen), notes


def context_facts(subject: Subject) -> ContextFacts:
    """The context in figures."""
    context = subject.context
    assert context is not None
    return ContextFacts(
        folder=str(context.folder),
        ignore_file=context.ignore.name,
        size=context.size,
        files=len(context.files),
        largest=tuple(Weight(path=path, size=size) for path, size in subject.heaviest),
    )
