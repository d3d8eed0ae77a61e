"""`--no-shell`: no program of a shell's name, and no link to one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slimmer.check.document import Finding, Judgement
from slimmer.check.gate import Gate, none_of
from slimmer.check.subject import Subject
from slimmer.files import name_of
from slimmer.options import Switch
from slimmer.values import Entry, EntryType

_SHELLS: Final = frozenset(
    (
        *("sh", "ash", "bash", "rbash", "csh", "dash", "elvish", "fish", "ksh", "ksh93", "lksh"),
        *("mksh", "nu", "osh", "pdksh", "posh", "pwsh", "rc", "sash", "tcsh", "xonsh", "yash"),
        *("zsh", "busybox", "toybox"),
    )
)


def _judge(_: bool, subject: Subject) -> Iterator[Judgement]:
    found = []
    for entry in subject.index:
        if name_of(entry.path).removesuffix(".static") in _SHELLS:
            program = subject.index.resolve(entry.path).entry
            if program is not None and _can_run(program):
                told = [subject.package_of(program.path)]
                if program.path != entry.path:
                    told.insert(0, f"a link to {program.path}")
                found.append(Finding(what=entry.path, detail=", ".join(filter(None, told))))
    yield none_of(
        found,
        "shell",
        problem="there is a shell for whoever gets in",
        hint=""
        if subject.is_result
        else f"`slim build {subject.reference}` keeps one only if it is used",
    )


def _can_run(entry: Entry) -> bool:
    return entry.type is EntryType.FILE and bool(entry.mode & 0o111)


GATE = Gate(
    name="no-shell",
    title="shells",
    kind=Switch(),
    help="No shell is in the image, busybox among them",
    judge=_judge,
)
