"""What several keys of steps share: ports, users, seconds, command lines, patterns."""

from __future__ import annotations

import re

from slimmer.options.document import Section
from slimmer.options.kinds import COMMAND_LINE, COUNT, IDENTITY, PORT, SECONDS


def read_port(section: Section) -> int | None:
    port: int | None = PORT.read(section, "port")
    return port


def read_user(section: Section) -> str:
    return IDENTITY.read(section, "user") or ""


def read_seconds(section: Section, name: str, default: float) -> float:
    seconds: float | None = SECONDS.read(section, name)
    return default if seconds is None else seconds


def read_count(section: Section, name: str, default: int) -> int:
    number: int | None = COUNT.read(section, name)
    return default if number is None else number


def read_words(section: Section, name: str) -> tuple[str, ...] | None:
    words: tuple[str, ...] | None = COMMAND_LINE.read(section, name)
    return words


def read_pattern(section: Section, name: str) -> str:
    pattern = section.scalar(name, str, "")
    check_pattern(section, name, pattern)
    return pattern


def check_pattern(section: Section, name: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise section.error(name, f"not a regular expression: {error}") from error
