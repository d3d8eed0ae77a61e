"""Environment files and variables, read as `docker run --env-file` and `--env` read them."""

from __future__ import annotations

import os
from pathlib import Path

from slimmer.errors import ConfigurationError


def read_environment_file(path: Path) -> tuple[tuple[str, str], ...]:
    """Lines `NAME=VALUE`, or `NAME` for the value that slimmer itself has; `#` starts a comment.

    Raises ConfigurationError for an unreadable file or a line without a name.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the environment file {path}: {error}") from error
    pairs: list[tuple[str, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name = line.split("=", 1)[0]
        if not name.strip() or any(character.isspace() for character in name.strip()):
            # A value is nobody's business but the container's.
            found = f"{name}=…" if "=" in line else name
            raise ConfigurationError(f"{path}:{number}: expected NAME=VALUE, found `{found}`")
        pairs.extend(environment_variable(line.lstrip()))
    return tuple(pairs)


def environment_variable(text: str) -> tuple[tuple[str, str], ...]:
    """`NAME=VALUE` as one pair; `NAME` as this process has it, nothing where it has none."""
    name, equals, value = text.partition("=")
    if equals:
        return ((name, value),)
    inherited = os.environ.get(name)
    return () if inherited is None else ((name, inherited),)
