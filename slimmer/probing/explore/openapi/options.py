"""How an API description is exercised."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class OpenApiOptions:
    """Where the description is, and how much is asked."""

    source: str
    """A path of the target (`/openapi.json`) or a URL whose host is a name for it; empty where
    `file` says where it is."""
    file: Path | None = None
    """The description as a file, JSON or YAML."""
    examples: int = 10
    """Valid requests for each operation, and as many invalid ones; where the description has
    examples of its own, those are sent besides."""
    seconds: float = 120.0
    """All operations together; those that are still to come then are left out."""
    request_seconds: float = 10.0
    """One request, from the connection to the last byte."""
    insecure: bool = False
    """Whether any certificate is taken."""
