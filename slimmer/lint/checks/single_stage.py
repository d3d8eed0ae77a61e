"""SL031: what compiles and what runs are one stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from slimmer.lint.check import Check
from slimmer.lint.commands import Command
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.words import printable

_ANY: Final[frozenset[str]] = frozenset()
_COMPILERS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(
        ("gcc", "g++", "cc", "c++", "clang", "clang++", "make", "cmake", "ninja"), _ANY
    ),
    **dict.fromkeys(("javac", "tsc", "rustc", "ghc", "webpack"), _ANY),
    "go": frozenset(("build", "install")),
    "cargo": frozenset(("build", "install")),
    "mvn": frozenset(("package", "install", "verify", "clean")),
    "mvnw": frozenset(("package", "install", "verify", "clean")),
    "gradle": frozenset(("build", "assemble", "bootJar", "shadowJar", "installDist")),
    "gradlew": frozenset(("build", "assemble", "bootJar", "shadowJar", "installDist")),
    "dotnet": frozenset(("build", "publish")),
    "npm": frozenset(("run build",)),
    "yarn": frozenset(("build", "run build")),
    "pnpm": frozenset(("build", "run build")),
    "vite": frozenset(("build",)),
    "next": frozenset(("build",)),
    "ng": frozenset(("build",)),
}
"""Program → the words behind it that mean compiling; none: all do."""


class SingleStage(Check):
    """Compiler, sources and intermediate files are then in the image as well."""

    code = "SL031"
    name = "compiled and run in one stage"
    severity = "warning"

    def find(self, subject: Subject) -> Iterator[Finding]:
        if len(subject.dockerfile.stages) > 1 or subject.starts_nothing:
            return
        for step, commands in subject.runs:
            found = next((command for command in commands if _compiles(command)), None)
            if found is not None:
                what = printable(" ".join((found.name, *found.words[:2])).strip())
                yield self.finding(
                    step.instruction.line,
                    f"`{what}` leaves compiler, sources and intermediate files in the image. Build "
                    "in a stage of its own (`FROM … AS build`), and in the last one "
                    "`COPY --from=build` only what runs",
                )
                return


def _compiles(command: Command) -> bool:
    verbs = _COMPILERS.get(command.name)
    if verbs is None or {"--version", "-v", "-V", "--help"}.intersection(command.words):
        return False
    if not verbs:
        return bool(command.words) or command.name == "make"
    return any(" ".join(command.operands[:number]) in verbs for number in (1, 2)) or (
        command.name in ("mvn", "mvnw", "gradle", "gradlew") and not verbs.isdisjoint(command.words)
    )
