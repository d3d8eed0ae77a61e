"""From a traced run of a failing image to the paths that it may have missed.

What was looked up and is gone comes first. Then what a listed directory does not show any more,
in three kinds, the surest first: what the failing image names between quotes (a Python that does
not find a module has listed its directory, and looks nothing up), what any of its words names, and
the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from slimmer.files import PathGlobs, name_of
from slimmer.values import Access, Entry, EntryType, Repair, Trace
from slimmer.verify.repair.gaps import Gaps

_WORD = re.compile(r"[\w+-]+")
_SHORTEST_WORD = 3
_QUOTED = re.compile(r"""['"`‘“]([^'"`‘“’”\n]{1,200})['"`’”]""")  # noqa: RUF001


@dataclass(frozen=True, kw_only=True)
class Suspects:
    """What may close the gaps, without what was asked for in an earlier round."""

    found: tuple[Repair, ...]
    """Looked up, or named between quotes: each is likely to matter."""
    named: tuple[Repair, ...]
    """Missing in listings, and of a name that was said: a traceback says many words."""
    listed: tuple[Repair, ...]
    """Only missing in listings: most of them do not matter."""
    excluded: tuple[Repair, ...]
    """As `found`, but covered by `--exclude`: the user's word, which no repair takes back."""


def find_suspects(
    trace: Trace,
    gaps: Gaps,
    *,
    said: str,
    excludes: PathGlobs,
    known: frozenset[str],
    interpreter: Callable[[str], str] = lambda path: "",
) -> Suspects:
    """`said` is what the failing image wrote and answered. `known` are paths of repairs that
    were made already. `interpreter` tells, for a program, the loader or interpreter that the
    kernel looks up by itself, as no system call shows that."""
    found: dict[str, Repair] = {}
    named: dict[str, Repair] = {}
    listed: dict[str, Repair] = {}
    excluded: dict[str, Repair] = {}

    def note(repair: Repair, missing: Iterable[str], kind: dict[str, Repair]) -> None:
        if any(map(excludes.covers, missing)):
            if kind is found:
                excluded.setdefault(repair.path, repair)
        elif repair.path not in known:
            kind.setdefault(repair.path, repair)

    words, quoted = frozenset(_WORD.findall(said)), _quoted_words(said)
    for sighting in trace.sightings:
        for gap in gaps.met_by(sighting, interpreter):
            repair = Repair(path=gap.path, program=sighting.program, phase=sighting.phase)
            note(repair, gap.missing, found)
        if sighting.access is not Access.OPEN:
            continue
        for child in gaps.in_listing(sighting.path):
            is_quoted = _is_named(child, quoted)
            repair = Repair(
                path=child.path,
                program=sighting.program,
                phase=sighting.phase,
                listing=sighting.path,
                whole=is_quoted and child.type is EntryType.DIRECTORY,
            )
            kind = found if is_quoted else named if _is_named(child, words) else listed
            note(repair, (child.path,), kind)
    return Suspects(
        found=tuple(found.values()),
        named=tuple(repair for path, repair in named.items() if path not in found),
        listed=tuple(repair for path, repair in listed.items() if path not in found),
        excluded=tuple(excluded.values()),
    )


def _quoted_words(said: str) -> frozenset[str]:
    """The words between quotes. Paths are none of them: `File "/srv/app.py", line 1` names what
    is there. `<frozen importlib>` is Python's name for itself."""
    texts = (text for text in _QUOTED.findall(said) if "/" not in text and text[0] != "<")
    return frozenset(word for text in texts for word in _WORD.findall(text))


def _is_named(entry: Entry, words: frozenset[str]) -> bool:
    """Whether the words have the entry's name, or what is left of it without its suffixes."""
    name = name_of(entry.path)
    parts = _WORD.findall(name)
    return bool(parts) and len(parts[0]) >= _SHORTEST_WORD and parts[0] in words
