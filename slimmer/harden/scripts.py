"""Where the image's own shell scripts say that they write, also in branches that no probe took: a
start script writes a file of settings when a variable is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from slimmer.files import ancestors
from slimmer.shell import is_shell, read_script
from slimmer.values import Access, Content, Entry, EntryType, Trace

_SHEBANG: Final = b"#!"
_LARGEST: Final = 256 * 1024
"""Bytes of a script that is looked into."""


def announced_in(trace: Trace, kept: Mapping[str, Entry], content: Content) -> dict[str, str]:
    """Path → which script writes it: of the scripts that were executed, and of those that lie
    beside these and were opened. What a variable names is a path in the directory before it."""
    executed = {each.path for each in trace.sightings if each.access is Access.EXECUTE}
    opened = {each.path for each in trace.sightings if each.access is Access.OPEN}
    paths = sorted(
        path
        for path in executed | opened
        if (entry := kept.get(path)) is not None
        and entry.type is EntryType.FILE
        and 0 < entry.size <= _LARGEST
        and (path in executed or path.endswith(".sh"))
    )
    content.fetch(paths)
    found: dict[str, str] = {}
    for path in paths:
        text = content.head(path, _LARGEST)
        if _is_script(text, path):
            for target in _targets(text):
                found.setdefault(target, f"{path} writes {target} in some of its branches")
    return found


def _is_script(text: bytes, path: str) -> bool:
    if not text.startswith(_SHEBANG):
        return path.endswith(".sh") and b"\0" not in text
    first = text.split(b"\n", 1)[0][2:].decode("utf-8", "replace").split()
    words = first[1:] if first and first[0].endswith("/env") else first
    return bool(words) and is_shell(words[0], " ".join(words[1:]))


def _targets(text: bytes) -> Iterator[str]:
    for path in sorted(read_script(text).written):
        literal, variable, _ = path.partition("$")
        if variable:
            literal = literal.rpartition("/")[0] + "/*"
        if len(ancestors(literal)) > 1:  # not what lies in the root itself
            yield literal
