"""`.dockerignore`: which paths of a build context its patterns leave out, by the rules that Docker
documents and BuildKit follows.

The last pattern that matches a path, or a folder above it, decides. `*` and `?` stop at `/`, `**`
does not, and a pattern is always held against the whole path from the context's root.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Final

from slimmer.errors import DockerfileError
from slimmer.words import printable

_GLOB: Final = frozenset("*[]?^\\")


@dataclass(frozen=True, kw_only=True)
class IgnorePattern:
    """One line of the file."""

    line: int
    written: str
    """As it stands in the file."""
    is_exception: bool
    """Whether `!` brings back what it matches."""
    pattern: str
    """Cleaned, without `!`."""
    expression: re.Pattern[str]

    @property
    def prefix(self) -> str | None:
        """The only path that it, or anything below it, can match; None where it has wildcards."""
        bare = self.pattern.removesuffix("/**").removesuffix("/*")
        return None if _GLOB.intersection(bare) else bare


@dataclass(frozen=True, kw_only=True)
class IgnoreFile:
    """All patterns of a file, in its order."""

    name: str = ""
    """The path of the file; empty where there is none."""
    patterns: tuple[IgnorePattern, ...] = ()

    @property
    def exceptions(self) -> tuple[IgnorePattern, ...]:
        """Those with `!`."""
        return tuple(pattern for pattern in self.patterns if pattern.is_exception)

    def verdict(self, path: str) -> IgnorePattern | None:
        """The pattern that leaves out this path; None where it belongs to the context."""
        states: tuple[bool, ...] = ()
        decisive = None
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            decisive, states = self.match("/".join(parts[:depth]), states)
        return decisive

    def match(
        self, path: str, above: tuple[bool, ...] = ()
    ) -> tuple[IgnorePattern | None, tuple[bool, ...]]:
        """The same for one path whose folder has given `above`; and what the paths in it need."""
        ignored: IgnorePattern | None = None
        states = []
        for number, pattern in enumerate(self.patterns):
            matches = bool(above) and above[number]
            if not matches and pattern.is_exception == (ignored is not None):
                matches = pattern.expression.match(path) is not None
            states.append(matches)
            if matches:
                ignored = None if pattern.is_exception else pattern
        return ignored, tuple(states)


def read_ignore_file(content: bytes, name: str) -> IgnoreFile:
    """Read an ignore file. Raises DockerfileError for a pattern that a builder refuses."""
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    patterns = []
    for number, line in enumerate(text.split("\n"), 1):
        written = line.strip()
        if line.startswith("#") or not written:
            continue
        is_exception = written.startswith("!")
        cleaned = _cleaned(written[1:].strip() if is_exception else written)
        if not cleaned:
            raise _error(name, number, "`!` alone", "a pattern behind it")
        if not is_exception and cleaned.startswith("!"):
            # `./!a`, `/!a`: only now a `!` stands in front, and builders look for it now.
            is_exception, cleaned = True, cleaned[1:]
        patterns.append(
            IgnorePattern(
                line=number,
                written=written,
                is_exception=is_exception,
                pattern=cleaned,
                expression=_expression(cleaned, name, number),
            )
        )
    return IgnoreFile(name=name, patterns=tuple(patterns))


def _cleaned(pattern: str) -> str:
    """As a path: no `.`, `..`, double or trailing slashes, and none in front."""
    if not pattern:
        return ""
    clean = posixpath.normpath(pattern)
    # POSIX lets two slashes stand in front; here they are one.
    clean = "/" + clean.lstrip("/") if clean.startswith("/") else clean
    return clean[1:] if len(clean) > 1 and clean.startswith("/") else clean


def _expression(pattern: str, name: str, line: int) -> re.Pattern[str]:
    parts = []
    position = 0
    if pattern.startswith("**") and _GLOB.isdisjoint(pattern[2:]):
        # `**.log` is any path that ends so; builders of before 2023 take it for `**/.log`.
        suffix = pattern[2:]
        start = "(?:.*/)?" + re.escape(suffix[1:]) if suffix.startswith("/") else ""
        return re.compile((start or ".*" + re.escape(suffix)) + r"\Z", re.DOTALL)
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if pattern.startswith("**", position - 1):
            position += 1 + pattern.startswith("/", position + 1)
            parts.append(".*" if position >= len(pattern) else "(?:.*/)?")
        elif character == "*":
            parts.append("[^/]*")
        elif character == "?":
            parts.append("[^/]")
        elif character == "\\":
            if position == len(pattern):
                raise _error(name, line, "a pattern ends in a backslash", "the escaped character")
            parts.append(re.escape(pattern[position]))
            position += 1
        elif character == "[":
            members, position = _set(pattern, position)
            if not members:
                raise _error(name, line, f"`{printable(pattern)}`", "a set such as `[a-z]`")
            parts.append(members)
        else:
            parts.append(re.escape(character))
    return re.compile("".join(parts) + r"\Z", re.DOTALL)


def _set(pattern: str, position: int) -> tuple[str, int]:
    """The expression of a set whose `[` stands before `position`, empty where it is malformed, and
    where it ends. Only `^` negates."""
    negated = pattern.startswith("^", position)
    position += negated
    members = []
    while True:
        first, position = _member(pattern, position)
        last = first
        if first and pattern.startswith("-", position):
            last, position = _member(pattern, position + 1)
        if not first or not last:
            return "", position
        if first <= last:
            members.append(f"{re.escape(first)}-{re.escape(last)}")
        if pattern.startswith("]", position):
            break
    body = "".join(members)
    if not body:
        return ("." if negated else "(?!)"), position + 1
    return f"[{'^' if negated else ''}{body}]", position + 1


def _member(pattern: str, position: int) -> tuple[str, int]:
    if position >= len(pattern) or pattern[position] in "-]":
        return "", position
    if pattern[position] == "\\":
        return pattern[position + 1 : position + 2], position + 2
    return pattern[position], position + 1


def _error(name: str, line: int, problem: str, expected: str) -> DockerfileError:
    return DockerfileError(f"{printable(name)}:{line}: {problem}; expected {expected}")
