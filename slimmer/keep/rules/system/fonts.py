"""Fonts, which a program looks for when it first draws a text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from slimmer.files import name_of, parent_of
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.trees import tree
from slimmer.values import Entry, EntryType, HeavyOmission

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
_ENDINGS = (".ttf", ".otf", ".ttc", ".pfb", ".t1", ".woff2")
# The second is FreeType as wheels carry it, for programs that find fonts without fontconfig.
_DRAWING = ("libfontconfig.so.", "libfreetype-")
# Bytes: what fontconfig's own dependencies bring has 3 MB, all of Noto has 600.
_MOST = 16_000_000


class FontRule(Rule):
    """A text in another weight or script asks for the neighbour of the font that was seen. Where
    no text was drawn at all, fontconfig chooses among the installed fonts: without any, it is of
    no use to anybody, and Java throws at the first text."""

    name = "fonts"
    summary = "the fonts beside those that were used; where none was, a few for fontconfig"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._used = sorted(path for path in context.seen if path.endswith(_ENDINGS))
        self._is_decided = bool(self._used)
        self._left_out = 0

    def begin(self) -> Iterable[Want]:
        for folder, example in {parent_of(path): path for path in self._used}.items():
            for entry in self.context.index.children(folder):
                yield Want(path=entry.path, detail=f"beside the font {name_of(example)}")

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if self._is_decided:
            return
        for library in fresh:
            if name_of(library.path).startswith(_DRAWING):
                self._is_decided = True
                yield from self._installed(library.path)
                return

    def _installed(self, because: str) -> Iterable[Want]:
        fonts = [
            entry
            for folder in _FOLDERS
            for entry in tree(self.context.index, folder)
            if entry.type is EntryType.FILE and entry.path.endswith(_ENDINGS)
        ]
        size = sum(entry.size for entry in fonts)
        if size > _MOST:
            self._left_out = size
            return
        for entry in fonts:
            yield Want(path=entry.path, detail="a font for fontconfig to choose", because=because)

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        if self._left_out:
            yield HeavyOmission(what="fonts", size=self._left_out, why="no text was drawn")
