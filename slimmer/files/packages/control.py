"""Text databases of package managers: stanzas of `Field: value` lines, with blank lines between
them (deb-control(5); apk's database is written in the same manner)."""

from __future__ import annotations

from collections.abc import Collection, Iterator


def stanzas(text: str, fields: Collection[str]) -> Iterator[dict[str, str]]:
    """The named fields of each stanza, first lines only: continuation lines are descriptions."""
    stanza: dict[str, str] = {}
    for line in text.split("\n"):
        if not line:
            if stanza:
                yield stanza
            stanza = {}
        elif line[0] not in " \t":
            field, colon, value = line.partition(":")
            if colon and field in fields:
                stanza[field] = value.strip()
    if stanza:
        yield stanza
