"""SL030: compilers and headers are installed into the image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slimmer.lint.check import Check
from slimmer.lint.commands import Command
from slimmer.lint.finding import Finding
from slimmer.lint.managers import Install, installs_of
from slimmer.lint.subject import Subject
from slimmer.words import printable

_TOOL: Final = re.compile(
    r"build-essential|build-base|base-devel|(?:gcc|g\+\+|clang|llvm|gfortran|cpp)(?:-[\d.]+)?"
    r"|c\+\+|make|cmake|ninja-build|meson|autoconf|automake|autotools-dev|libtool|pkg-config"
    r"|pkgconf|bison|flex|nasm|yasm|gdb|valgrind|linux-headers.*|kernel-devel|musl-dev"
    r"|golang(?:-go|-[\d.]+.*)?|go|rustc|cargo|rust|ghc|swig|patchelf|maven|gradle|ant"
    r"|openjdk-?\d+-jdk(?:-headless)?|java-[\d.]+-openjdk-devel|default-jdk(?:-headless)?|typescript"
    r"|[\w.+-]+-(?:dev|devel)"
)
_NO_TOOL: Final = re.compile(r"(?:python3?-?)?(?:setuptools|wheel)|libfuse-dev")


class BuildTools(Check):
    """They are as large as many an application, and an attacker's convenience."""

    code = "SL030"
    name = "build tools in the image"
    severity = "warning"

    def find(self, subject: Subject) -> Iterator[Finding]:
        if subject.starts_nothing:
            return
        for step, commands in subject.runs:
            tools = [
                package
                for install in installs_of(commands)
                if install.manager.name in ("apt", "apk", "dnf", "zypper")
                for package in _tools(install)
            ]
            left = list(dict.fromkeys(tools)) if not _are_removed(commands) else []
            if left:
                shown = ", ".join(map(printable, left[:6])) + (" …" if len(left) > 6 else "")
                yield self.finding(
                    step.instruction.line,
                    f"{shown}: needed to build, hardly to run. Install them in a stage of their "
                    "own, build there, and `COPY --from` the result" + _java(left),
                )


def _tools(install: Install) -> Iterator[str]:
    for package in install.packages:
        name = re.split(r"[=~<>:/]", package, maxsplit=1)[0]
        if _TOOL.fullmatch(name) and not _NO_TOOL.fullmatch(name):
            yield name


def _are_removed(commands: tuple[Command, ...]) -> bool:
    """Whether the same RUN removes packages again; which ones is its author's care."""
    return any(
        command.operands[:1] in (("del",), ("purge",), ("remove",), ("erase",))
        for command in commands
        if command.name in ("apk", "apt-get", "apt", "dnf", "yum", "microdnf", "zypper")
    )


def _java(tools: list[str]) -> str:
    return "; to run Java, the -jre package will do" if any("jdk" in name for name in tools) else ""
