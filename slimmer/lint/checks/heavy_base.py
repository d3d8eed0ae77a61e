"""SL032: a base that carries more than running needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slimmer.errors import UsageError
from slimmer.image import parse_reference
from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.words import printable

_WITH_SLIM: Final = frozenset(("python", "node", "ruby", "perl", "rust"))
_SMALL: Final = re.compile(r"slim|alpine|distroless|nanoserver|jre|runtime|minimal|-lite")
_BUILDERS: Final = {
    "golang": "Go programs run on `gcr.io/distroless/static`, or on `scratch`",
    "rust": "Rust programs run on `debian:bookworm-slim`, static ones on `scratch`",
    "gcc": "what it builds runs on `debian:bookworm-slim`, static programs on `scratch`",
    "maven": "a jar runs on `eclipse-temurin:21-jre`",
    "gradle": "a jar runs on `eclipse-temurin:21-jre`",
    "sbt": "a jar runs on `eclipse-temurin:21-jre`",
    "swift": "what it builds runs on `swift:TAG-slim`",
    "haskell": "what it builds runs on `debian:bookworm-slim`",
    "buildpack-deps": "take `debian:bookworm-slim`, and install what is needed",
    "composer": "PHP applications run on `php:TAG-fpm`",
}
_JDKS: Final = frozenset(
    ("openjdk", "eclipse-temurin", "amazoncorretto", "ibm-semeru-runtimes", "sapmachine")
)


class HeavyBase(Check):
    """Only of the image itself: a build stage may be as large as it likes."""

    code = "SL032"
    name = "base heavier than needed"
    severity = "warning"

    def find(self, subject: Subject) -> Iterator[Finding]:
        stage, base = subject.stages[0], subject.base
        if base is None or base == "scratch":
            return
        try:
            reference = parse_reference(base)
        except UsageError:
            return
        if reference.host not in ("", "docker.io") and reference.host != "mcr.microsoft.com":
            return
        name, tag = reference.path.removeprefix("library/"), reference.tag
        if _SMALL.search(tag):
            return
        shown = printable(base)
        if name in _BUILDERS:
            yield self.finding(
                stage.line,
                f"{shown} brings a compiler and its libraries. Build in a stage on it, and copy "
                f"the result: {_BUILDERS[name]}",
            )
        elif name in _JDKS and ("jdk" in tag or name == "openjdk"):
            yield self.finding(
                stage.line,
                f"{shown} is a whole JDK. Compile in a stage on it, and run on a JRE "
                "(`eclipse-temurin:21-jre`), or on what jlink makes",
            )
        elif name == "dotnet/sdk":
            yield self.finding(
                stage.line,
                f"{shown} is an SDK. Publish in a stage on it, and run on "
                "`mcr.microsoft.com/dotnet/aspnet` or `…/runtime`",
            )
        elif name in _WITH_SLIM:
            better = f"{name}:{tag}-slim" if tag and tag != "latest" else f"{name}:slim"
            yield self.finding(
                stage.line,
                f"{shown} brings compilers, headers and version control. Run on `{better}`; "
                f"what needs compiling is built in a stage on {shown}",
            )
        elif name == "debian" and tag and tag != "latest":
            yield self.finding(
                stage.line,
                f"`debian:{tag}-slim` is {shown} without manuals and translations",
                severity="info",
            )
