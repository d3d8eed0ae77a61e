"""What was found out on the original."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What an exploration knew of and did not ask for."""

    reason: str
    """`deeper than 20 links`, `of another origin`, …"""
    count: int
    examples: tuple[str, ...]
    """The first few."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """An answer of the original that a user of it would not like."""

    request: str
    """`GET /missing`."""
    answer: str
    """`404 Not Found`, `no answer in time`."""
    source: str = ""
    """The page that led there; empty where none did."""


@dataclass(frozen=True, kw_only=True)
class ExplorationSummary:
    """What came of finding out on the original what there is to ask for."""

    name: str
    """`crawl` or `openapi`."""
    role: str = ""
    """The role that was explored; empty for the only one of an image."""
    source: str
    """Where it began: an address of the target, or a file."""
    requests: int
    """How many were sent."""
    statuses: Mapping[str, int]
    """Status → how many answers had it; `none` for requests without an answer."""
    left_out: tuple[LeftOut, ...]
    faults: tuple[Fault, ...]
    seconds: float
