"""Files that the application's own sources name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry, EntryType

_SETTINGS = (".env", ".ini", ".json", ".toml", ".xml", ".yaml", ".yml")
_LARGEST_SOURCE = 1 << 16
_PATH = re.compile(r"(?<=[\s\"'`=:(,\[])/[\w.+@-]+(?:/[\w.+@-]+)+(?=[\s\"'`),;\]<]|\Z)")
_COMMENT = re.compile(r"^\s*(?:#|//|;).*", re.MULTILINE)


class CodePathsRule(Rule):
    """`CERTIFICATE = "/srv/tls/cert.pem"`: a file that the code opens by its full path, when a
    request asks for it. Only files count, as a directory may be named to be written to."""

    name = "code-paths"
    summary = "files that the application's own sources and settings name by their full path"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._endings = (*_SETTINGS, *context.rulebook.sources)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for source in fresh:
            if self._is_own_source(source):
                data = self.context.content.head(source.path, _LARGEST_SOURCE)
                text = _COMMENT.sub("", os.fsdecode(data))
                for path in dict.fromkeys(_PATH.findall(text)):
                    named = self.context.index.resolve(path).entry
                    if named is not None and named.type is EntryType.FILE:
                        detail = f"named by {source.path}"
                        yield Want(path=path, detail=detail, because=source.path)

    def _is_own_source(self, entry: Entry) -> bool:
        return (
            entry.path.endswith(self._endings)
            and entry.type is EntryType.FILE
            and 0 < entry.size <= _LARGEST_SOURCE
            and not self.context.environments.contains(entry.path)
            and not self.context.is_packaged(entry.path)
        )
