"""The forms in which the result of a check is told; each makes the whole text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from slimmer.check.document import CheckDocument, json_lines
from slimmer.check.formats.junit import junit
from slimmer.check.formats.markdown import markdown, plain, table
from slimmer.check.formats.pipelines import (
    error_commands,
    gitlab_lines,
    is_github,
    is_gitlab,
    write_summary,
)
from slimmer.check.formats.sarif import sarif
from slimmer.check.formats.terminal import terminal

FORMATS: Final[dict[str, Callable[[CheckDocument], str]]] = {
    "json": lambda document: "".join(json_lines(document)),
    "junit": junit,
    "sarif": sarif,
    "markdown": markdown,
}
"""Those for programs and pages."""
TERMINAL: Final = "terminal"

__all__ = [
    "FORMATS",
    "TERMINAL",
    "error_commands",
    "gitlab_lines",
    "is_github",
    "is_gitlab",
    "plain",
    "table",
    "terminal",
    "write_summary",
]
