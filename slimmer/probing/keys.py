"""The keys of a step in slim.yaml and plans: what may stand there, as data.

The reader of these files and the plan's JSON schema come from the same tables.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Given = Mapping[str, Any]
"""Key → value as its shape reads it; only keys that are there."""


class KeyProblemError(Exception):
    """What stands at a key cannot be meant so."""

    def __init__(self, key: str, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.key, self.problem, self.hint = key, problem, hint


class Shape(enum.Enum):
    """What stands at a key, and what it is read as."""

    TEXT = enum.auto()
    BYTES = enum.auto()
    """Text, read as its UTF-8 bytes."""
    HEX = enum.auto()
    """`0d 0a`, read as bytes."""
    WHOLE_NUMBER = enum.auto()
    SWITCH = enum.auto()
    """True or false."""
    PORT = enum.auto()
    COMMAND = enum.auto()
    """A command line or a list of words, read as a tuple of words."""
    USER = enum.auto()
    """A name or a number, read as text."""
    PATTERN = enum.auto()
    """A regular expression, read as text."""
    TEXTS = enum.auto()
    """Names with texts, read as a tuple of pairs."""
    HEADERS = enum.auto()
    """The same, each text on one line."""
    PATTERNS = enum.auto()
    """Names with regular expressions, read as a tuple of pairs."""
    STATUSES = enum.auto()
    """One HTTP status or several, read as a frozenset."""
    PLACES = enum.auto()
    """Places in JSON with what must be there, read as a tuple of JsonExpectations."""
    ANYTHING = enum.auto()
    """Any value, as it is."""


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys of one mapping."""

    keys: tuple[Key, ...]
    exclusive: tuple[tuple[str, str, str], ...] = ()
    """(one key, another one that cannot stand beside it, what is said at that one)."""


@dataclass(frozen=True, kw_only=True)
class Items:
    """A list of mappings, read as a tuple."""

    keys: Keys
    build: Callable[[Given, Path], Any]
    """Makes an item of its values and the folder that its files are relative to. Raises
    KeyProblemError."""
    one_of: tuple[str, ...] = ()
    """Of these keys exactly one must be there."""


@dataclass(frozen=True)
class Key:
    """One key."""

    name: str
    shape: Shape | Items
    missing: str = ""
    """What is said where it is not there; empty: it need not be."""
    limits: Mapping[str, Any] | None = None
    """More for the JSON schema: what else its value must be."""


NOT_EMPTY: Final = {"minLength": 1}
PORT: Final = Key("port", Shape.PORT)
TLS: Final = Key("tls", Shape.SWITCH)
INSECURE: Final = Key("insecure", Shape.SWITCH)
