"""Scalars that several parts of the files share: ports, users, seconds, command lines, patterns."""

from __future__ import annotations

import re
import shlex

from slimmer.options.document import Section


def read_port(section: Section) -> int | None:
    port = section.scalar("port", int, 0) or None
    if port is not None and not 0 < port < 65536:
        raise section.error("port", f"{port} is not a TCP port (1 to 65535)")
    return port


def read_user(section: Section) -> str:
    value = section.take("user")
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return "" if value is None else str(value)
    raise section.error("user", "expected a user name or id")


def read_seconds(section: Section, name: str, default: float) -> float:
    seconds = section.scalar(name, float, default)
    if seconds <= 0:
        raise section.error(name, f"{seconds:g} is not a positive number of seconds")
    return seconds


def read_count(section: Section, name: str, default: int, *, least: int = 1) -> int:
    number = section.scalar(name, int, default)
    if number < least:
        raise section.error(name, f"{number} is less than {least}")
    return number


def read_words(section: Section, name: str) -> tuple[str, ...] | None:
    if not section.has(name):
        section.take(name)
        return None
    value = section.take(name)
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError as error:
            raise section.error(name, f"`{value}` is not a command line: {error}") from error
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise section.error(name, "expected a command line, or a list of texts (quote numbers)")


def read_pattern(section: Section, name: str) -> str:
    pattern = section.scalar(name, str, "")
    check_pattern(section, name, pattern)
    return pattern


def check_pattern(section: Section, name: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise section.error(name, f"not a regular expression: {error}") from error
