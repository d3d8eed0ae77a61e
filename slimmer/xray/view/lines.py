"""A list of lines with a cursor, of which only those on the screen are drawn."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Final

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

_CURSOR: Final = Style(reverse=True)
_RESTING: Final = Style(bold=True, underline=True)
"""The line that was chosen, while the keys go elsewhere."""


class Lines(ScrollView, can_focus=True):
    """Moves its cursor with arrows, as in vi, and with the mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "move_to(0)", "First", show=False),
        Binding("end,G", "move_to(-1)", "Last", show=False),
    ]
    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor stands on another line."""

        def __init__(self, lines: Lines) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> Lines:
            return self.lines

    @abstractmethod
    def heading(self, width: int) -> Text:
        """What the columns are."""

    @abstractmethod
    def count(self) -> int:
        """How many lines there are."""

    @abstractmethod
    def line(self, number: int, width: int) -> Text:
        """One of them, in at most `width` columns."""

    def show_again(self) -> None:
        """After anything has changed."""
        self.virtual_size = Size(0, self.count())
        self.cursor = self.validate_cursor(self.cursor)
        self._follow()
        self.refresh()

    def validate_cursor(self, number: int) -> int:
        return max(0, min(number, self.count() - 1))

    def watch_cursor(self) -> None:
        self._follow()
        self.refresh()
        self.post_message(self.Moved(self))

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        width = self.size.width
        base = self.rich_style
        if number >= self.count():
            return Strip.blank(width, base)
        text = self.line(number, width)
        strip = Strip(text.render(self.app.console)).adjust_cell_length(width)
        if number == self.cursor:
            strip = strip.apply_style(_CURSOR if self.has_focus else _RESTING)
        return strip.apply_style(base)

    def action_move(self, lines: int) -> None:
        self.cursor += lines

    def action_page(self, pages: int) -> None:
        self.cursor += pages * max(1, self.size.height - 1)

    def action_move_to(self, line: int) -> None:
        self.cursor = line if line >= 0 else self.count() - 1

    def on_click(self, event: events.Click) -> None:
        self.cursor = event.y + self.scroll_offset.y

    def on_resize(self, event: events.Resize) -> None:
        self._follow()

    def _follow(self) -> None:
        region = Region(0, self.cursor, 1, 1)
        self.scroll_to_region(region, animate=False, force=True, immediate=True)


class Cut(Static):
    """A text of which each line is cut where the screen ends."""

    def __init__(self, text: str | Text = "", *, id: str | None = None, classes: str = "") -> None:
        super().__init__(id=id, classes=classes)
        self._shown = Text.assemble(text)

    def show(self, text: Text) -> None:
        self._shown = text
        self.refresh()

    def render(self) -> Text:
        return Text("\n").join(self._cut(line) for line in self.text().split("\n"))

    def text(self) -> Text:
        """All of it."""
        return self._shown

    def _cut(self, line: Text) -> Text:
        line.truncate(max(1, self.size.width), overflow="ellipsis")
        return line


class Heading(Cut):
    """What the columns below it are."""

    def __init__(self, lines: Lines) -> None:
        super().__init__(classes="heading")
        self._columns_of = lines

    def text(self) -> Text:
        return self._columns_of.heading(self.size.width)


def cells(*columns: tuple[str, int, str | Style], rest: Text, width: int) -> Text:
    """Columns of numbers, each with its width (negative: to the left) and style, and behind them
    what has the remaining room; a long one ends in `…`."""
    text = Text(no_wrap=True, end="")
    for content, room, style in columns:
        shown = content.ljust(-room) if room < 0 else content.rjust(room)
        text.append(shown + " ", style)
    rest.no_wrap = True
    rest.truncate(max(1, width - text.cell_len), overflow="ellipsis")
    text.append_text(rest)
    return text
