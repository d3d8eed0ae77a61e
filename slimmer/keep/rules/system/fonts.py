"""Fonts, which a program looks for when it first draws a text."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from slimmer.files import name_of, parent_of
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.text_kinds import SOURCES, is_of_the_system, is_settings
from slimmer.keep.trees import tree
from slimmer.values import Entry, EntryType, HeavyOmission

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
_ENDINGS = (".ttf", ".otf", ".ttc", ".pfb", ".t1", ".woff2")
# The second is FreeType as wheels carry it, for programs that find fonts without fontconfig.
_DRAWING = ("libfontconfig.so.", "libfreetype-")
# Bytes: what fontconfig's own dependencies bring has 3 MB, all of Noto has 600.
_MOST = 16_000_000
_STYLED = re.compile(r".*\.(?:css|html?|svg|xml|xsl|tex|md)", re.IGNORECASE)
_LARGEST_TEXT = 1 << 18
# "Noto Sans CJK JP" in a text, NotoSansCJK-Regular.ttc as a file. "Sans" alone is in many texts.
_SHORTEST = 6


class FontRule(Rule):
    """A text in another weight or script asks for the neighbour of the font that was seen. Where
    no text was drawn at all, fontconfig chooses among the installed fonts: without any, it is of
    no use to anybody, and Java throws at the first text. Of heavy ones stay those whose family a
    style sheet, a template or another text of the author's names."""

    name = "fonts"
    summary = "the fonts beside those that were used; where none was, light ones and those named"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._used = sorted(path for path in context.seen if path.endswith(_ENDINGS))
        self._is_decided = bool(self._used)
        # Fonts of folders that are too heavy, by their folder; and texts that may name them.
        self._left_out: dict[str, list[Entry]] = {}
        self._texts: list[Entry] = []

    def begin(self) -> Iterable[Want]:
        for folder, example in {parent_of(path): path for path in self._used}.items():
            for entry in self.context.index.children(folder):
                yield Want(path=entry.path, detail=f"beside the font {name_of(example)}")

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if not self._is_decided and name_of(entry.path).startswith(_DRAWING):
                self._is_decided = True
                yield from self._installed(entry.path)
            if self._are_heavy and not self._used and self._may_name_some(entry):
                self._texts.append(entry)
        if self._left_out and self._texts:
            self.context.content.fetch(entry.path for entry in self._texts)
            for text in self._texts:
                yield from self._named_in(text)
            self._texts.clear()

    def _installed(self, because: str) -> Iterable[Want]:
        """The lightest folders, as many as are light together."""
        total = 0
        for folder, fonts in sorted(
            self._folders.items(), key=lambda item: (_size(item[1]), item[0])
        ):
            total += _size(fonts)
            if total > _MOST:
                self._left_out[folder] = fonts
                continue
            for entry in fonts:
                detail = "a font for fontconfig to choose"
                yield Want(path=entry.path, detail=detail, because=because)

    @cached_property
    def _folders(self) -> Mapping[str, list[Entry]]:
        """Folder → its fonts."""
        folders: dict[str, list[Entry]] = {}
        for root in _FOLDERS:
            for entry in tree(self.context.index, root):
                if entry.type is EntryType.FILE and entry.path.endswith(_ENDINGS):
                    folders.setdefault(parent_of(entry.path), []).append(entry)
        return folders

    @cached_property
    def _are_heavy(self) -> bool:
        """Whether some will be left out, so that it matters what texts name."""
        return sum(map(_size, self._folders.values())) > _MOST

    def _may_name_some(self, entry: Entry) -> bool:
        return (
            entry.type is EntryType.FILE
            and 0 < entry.size <= _LARGEST_TEXT
            and bool(
                SOURCES.fullmatch(entry.path)
                or is_settings(entry.path)
                or _STYLED.fullmatch(entry.path)
            )
            and not is_of_the_system(entry.path)
            and self.context.own_files.contains(entry)
        )

    def _named_in(self, text: Entry) -> Iterable[Want]:
        data = os.fsdecode(self.context.content.head(text.path, _LARGEST_TEXT))
        words = re.sub(r"[ _]", "", data)
        for folder, fonts in list(self._left_out.items()):
            named = [entry for entry in fonts if _is_named(entry, words)]
            if named:
                self._left_out[folder] = [entry for entry in fonts if entry not in named]
            for entry in named:
                detail = f"{text.path} names the family"
                yield Want(path=entry.path, detail=detail, because=text.path)

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        fonts = [each for found in self._left_out.values() for each in found]
        if size := _size([entry for entry in fonts if entry.path not in kept]):
            yield HeavyOmission(
                what="fonts",
                size=size,
                why="no text was drawn, and no text of the author's names their family",
            )


def _size(fonts: Iterable[Entry]) -> int:
    return sum(entry.size for entry in fonts)


def _is_named(font: Entry, words: str) -> bool:
    """Whether a text, without its spaces, has the family that the file is called after."""
    family = name_of(font.path).partition(".")[0].partition("-")[0].replace("_", "")
    return len(family) >= _SHORTEST and family in words
