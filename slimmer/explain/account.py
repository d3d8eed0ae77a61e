"""What is known of the paths of one finished image and of its original's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from slimmer.errors import ReportFileError
from slimmer.files import RootfsIndex, ancestors
from slimmer.report import Fate, LanguagePackage
from slimmer.values import Entry, EntryType, HeavyOmission


@dataclass(frozen=True, kw_only=True)
class Account:
    """The fate of every path, and where that is known from."""

    image: str
    """As the user named it."""
    image_size: int
    """Bytes, as the engine counts them."""
    is_debug: bool
    """Whether it is the debug image, which has more than the fates' `kept`."""
    original: str
    """A name of the original, or its id."""
    original_size: int
    fates: Mapping[str, Fate]
    report: Path | None = None
    """The report that gave the reasons; None: there are no reasons."""
    strategy: str = ""
    phases: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    heavy: tuple[HeavyOmission, ...] = ()
    language_packages: tuple[LanguagePackage, ...] = ()
    """Where the original's packages of languages lie."""
    trace: Path | None = None
    notes: tuple[str, ...] = ()
    """Sentences for the user: what is missing, and what that means."""

    def has(self, fate: Fate) -> bool:
        """Whether the image has the path."""
        return fate.kept or (self.is_debug and fate.in_debug)

    @cached_property
    def index(self) -> RootfsIndex:
        """All paths as one tree, the dropped ones among them, to follow links in. Raises
        ReportFileError where they are none."""
        entries = {path: _entry(path, fate.type, fate.target) for path, fate in self.fates.items()}
        for path in self.fates:
            for above in reversed(ancestors(path)):
                if above in entries:
                    break
                entries[above] = _entry(above, EntryType.DIRECTORY)
        entries.setdefault("/", _entry("/", EntryType.DIRECTORY))
        try:
            return RootfsIndex(entries.values())
        except ValueError as error:
            raise ReportFileError(f"the report {self.report} is damaged: {error}") from error


def _entry(path: str, kind: EntryType, target: str = "") -> Entry:
    """What following links needs, and no more."""
    return Entry(path=path, type=kind, mode=0, uid=0, gid=0, size=0, mtime_ns=0, link_target=target)
