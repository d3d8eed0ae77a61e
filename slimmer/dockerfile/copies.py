"""COPY and ADD: what they take from where, and where it goes."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Final

from slimmer.dockerfile.stages import Step
from slimmer.dockerfile.words import expanded, split_words, unquoted

_REMOTE: Final = re.compile(r"(?:https?|ftp|git|ssh)://|git@")


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One COPY or ADD."""

    step: Step
    origin: str | None
    """The stage or image of `--from`; None where it takes from the build context."""
    sources: tuple[str, ...]
    """Paths or patterns in the context, without `/` or `./` in front; `.` is all of it. Those that
    are not known before the build, addresses and here-documents are left out."""
    has_unknown: bool
    """Whether a source depends on what is not known before the build."""
    destination: str | None
    """Absolute, normalised; None where it is not known."""
    into_folder: bool
    """Whether the destination is a folder that the sources are put into."""
    excludes: tuple[str, ...] = ()
    """Patterns of `--exclude`."""

    @property
    def takes_context(self) -> bool:
        """Whether it reads the build context."""
        return self.origin is None and bool(self.sources)


def copy_of(step: Step, escape: str = "\\") -> Copy | None:
    """What a step copies; None for one that is neither COPY nor ADD."""
    instruction = step.instruction
    if instruction.name not in ("COPY", "ADD"):
        return None
    words = instruction.json
    if words is None:
        words = tuple(unquoted(word, escape) for word in split_words(instruction.text, escape))
    marks = {f"<<{dash}{heredoc.name}" for heredoc in instruction.heredocs for dash in ("", "-")}
    *written, last = words
    values = [expanded(word, step.variables) for word in written if word not in marks]
    local = [value for value in values if value is not None and not _REMOTE.match(value)]
    target = expanded(last, step.variables)
    into_folder = last.endswith("/") or last in (".", "..") or len(written) > 1
    return Copy(
        step=step,
        origin=instruction.flag("from"),
        sources=tuple(_relative(value) for value in local),
        has_unknown=None in values,
        destination=_absolute(step.workdir, target),
        into_folder=into_folder,
        excludes=instruction.flags_of("exclude"),
    )


def _relative(source: str) -> str:
    """As the builder reads it: nothing leads out of the context."""
    return posixpath.normpath("/" + source).lstrip("/") or "."


def _absolute(workdir: str | None, path: str | None) -> str | None:
    if path is None or (workdir is None and not path.startswith("/")):
        return None
    return posixpath.normpath(posixpath.join(workdir or "/", path))
