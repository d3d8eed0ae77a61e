"""What Deno's sources import and start, read off their text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_IMPORTED = re.compile(
    r"""(?:\bfrom|\bimport(?:\s*\()?|\brequire\s*\()\s*(['"`])(?P<specifier>[^'"`\s]+)\1"""
    r"""|\bjsxImportSource(?:"\s*:\s*")?\s*(?P<factory>[^\s"*]+)"""
)
_NPM = re.compile(r"npm:/?(?P<name>(?:@[^/@\"]+/)?[^/@\"]+)")
_BARE = re.compile(r"(?P<name>(?:@[\w.~-]+/)?[A-Za-z\d_][\w.~-]*)(?:/.*)?")
_MAPPED = re.compile(rf'"(?P<alias>[^"\s]+)"\s*:\s*"{_NPM.pattern}[^"]*"')
_STARTED = re.compile(
    r"""(?:\bDeno\.Command|\b(?:spawn|execFile)(?:Sync)?)\(\s*(['"`])(?P<program>[^'"`\s]+)\1"""
    r"""(?:\s*,\s*(?:\{\s*args\s*:\s*)?\[\s*(['"`])-\w*c\3\s*,\s*(['"`])(?P<script>.*?)\4)?""",
    re.DOTALL,
)

MAPS = ("deno.json", "deno.jsonc", "import_map.json", "importMap.json")
"""Names of the files that say what names in sources stand for."""


def mapped_packages(text: str) -> Iterator[tuple[str, str]]:
    """(name in sources, npm package) of a map. Not read as JSON: comments are allowed in it."""
    for match in _MAPPED.finditer(text):
        yield match["alias"], match["name"]


def imported_packages(source: str, aliases: Mapping[str, str]) -> Iterator[str]:
    """Names of npm packages: named as such, by a map's name, or barely, as with package.json."""
    for match in _IMPORTED.finditer(source):
        specifier = match["specifier"] or match["factory"]
        direct = _NPM.match(specifier)
        mapped = [
            alias
            for alias in aliases
            if specifier == alias or specifier.startswith(f"{alias.removesuffix('/')}/")
        ]
        if direct:
            yield direct["name"]
        elif mapped:
            yield aliases[max(mapped, key=len)]
        elif bare := _BARE.fullmatch(specifier):
            yield bare["name"]


def started_programs(source: str) -> Iterator[tuple[str, str]]:
    """(program, text of `sh -c`) where sources name them; the text is mostly empty."""
    for match in _STARTED.finditer(source):
        yield match["program"], match["script"] or ""
