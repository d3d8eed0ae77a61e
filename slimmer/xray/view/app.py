"""The view itself: which pane shows what, and what each key does."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.timer import Timer
from textual.widgets import Footer, Input, Static

from slimmer.errors import SlimError
from slimmer.words import printable
from slimmer.xray.strata import Difference, Strata
from slimmer.xray.view import texts
from slimmer.xray.view.lines import Cut, Heading, Lines
from slimmer.xray.view.pages import Page
from slimmer.xray.view.panes import Files, Layers

_SIDE_BY_SIDE: Final = 76
"""Columns from which on the panes are beside each other."""


class View(App[None]):
    """Layers, and the tree of the one under the cursor."""

    ENABLE_COMMAND_PALETTE = False
    MOMENT: ClassVar[float] = 0.08
    """Seconds that a user has to stay at a layer, or to pause while typing, before a tree is made.
    """
    CSS = """
    #head, .title, .heading { height: 1; width: 100%; }
    .title { background: $panel; text-style: bold; }
    .heading { color: $text-muted; }
    #left:focus-within .title, #right:focus-within .title { background: $primary; }
    #panes { height: 1fr; }
    Lines { height: 1fr; width: 100%; scrollbar-size-vertical: 1; overflow-x: hidden; }
    #about { height: auto; max-height: 45%; color: $text-muted; border-top: solid $panel; }
    #path { height: 2; background: $panel; }
    #filter { height: 1; border: none; padding: 0 1; display: none; }
    #filter.-on { display: block; }
    .-wide #panes { layout: horizontal; }
    .-wide #left { width: 38%; height: 100%; padding-right: 1; }
    .-wide #right { width: 62%; height: 100%; }
    .-narrow #panes { layout: vertical; }
    .-narrow #left { height: 30%; min-height: 4; }
    .-narrow #right { height: 70%; }
    .-narrow #about { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Keys", key_display="?"),
        Binding("q", "quit", "End"),
        Binding("tab", "switch_pane", "Other pane", priority=True),
        Binding("slash,ctrl+f,ctrl+underscore,ctrl+slash", "filter", "Filter", key_display="/"),
        Binding("t", "toggle_aggregate", "All up to it"),
        Binding("s", "toggle_order", "Size/name"),
        Binding("w", "why", "Why"),
        Binding("a", "toggle_difference('ADDED')", "Added", show=False),
        Binding("r", "toggle_difference('REMOVED')", "Removed", show=False),
        Binding("m", "toggle_difference('CHANGED')", "Modified", show=False),
        Binding("u", "toggle_difference('UNCHANGED')", "Unmodified", show=False),
        Binding("n", "toggle_unused", "Only unused", show=False),
        Binding("b", "toggle_attributes", "Attributes", show=False),
        Binding("c", "toggle_all", "Open/close all", show=False),
        Binding("e", "open_below", "Open all below", show=False),
        Binding("escape", "end_filter", "End the filter", show=False),
        Binding("ctrl+c", "quit", "End", show=False, priority=True),
    ]

    def __init__(self, strata: Strata, why: Callable[[str], str] | None) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_SIDE_BY_SIDE, "-wide")]
        self._strata = strata
        self._why = why
        self._is_aggregated = False
        self._waiting: Timer | None = None
        self._layers = Layers(strata.xray)
        self._files = Files(strata, strata.tree(0))

    def compose(self) -> ComposeResult:
        yield Cut(texts.head(self._strata.xray), id="head")
        with Container(id="panes"):
            with Vertical(id="left"):
                yield Cut("Layers", classes="title")
                yield Heading(self._layers)
                yield self._layers
                yield Static(id="about")
            with Vertical(id="right"):
                yield Cut(classes="title", id="title")
                yield Heading(self._files)
                yield self._files
        yield Cut(id="path")
        yield Input(id="filter", placeholder="filter: part of a path", compact=True)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self._layers.show_again()
        self._files.show_again()
        self._layers.focus()
        self._tell()

    def _tell(self) -> None:
        """What stands beside and below the panes."""
        layers = self._strata.xray.layers
        if layers:
            about = texts.about_layer(layers[self._layers.cursor])
            self.query_one("#about", Static).update(about)
        shown = texts.title(self._layers.cursor, self._files, is_aggregated=self._is_aggregated)
        self.query_one("#title", Cut).show(shown)
        self._tell_path()

    def _tell_path(self) -> None:
        about = texts.about_path(self._strata, self._files.node)
        self.query_one("#path", Cut).show(about)

    @on(Lines.Moved, "#layers")
    def _layer_moved(self) -> None:
        self._soon(self._show_layer)

    @on(Lines.Moved, "#files")
    def _file_moved(self) -> None:
        self._tell_path()

    def _soon(self, what: object) -> None:
        """Unless something else is asked for before."""
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(self.MOMENT, what)  # type: ignore[arg-type]

    def _show_layer(self) -> None:
        tree = self._strata.tree(self._layers.cursor, is_aggregated=self._is_aggregated)
        self._files.change_tree(tree)
        self._tell()

    def action_switch_pane(self) -> None:
        if isinstance(self.screen, Page):
            return
        (self._files if self.focused is self._layers else self._layers).focus()

    def action_aggregate(self, is_aggregated: bool) -> None:
        if self._is_aggregated is not is_aggregated:
            self._is_aggregated = is_aggregated
            self._show_layer()

    def action_toggle_aggregate(self) -> None:
        self.action_aggregate(not self._is_aggregated)

    def action_toggle_difference(self, name: str) -> None:
        shown = self._files.look.differences ^ {Difference[name]}
        self._look(differences=frozenset(shown))

    def action_toggle_unused(self) -> None:
        if not self._strata.knows_use:
            self.notify("what was used is not known: start with --trace or --report")
            return
        self._look(only_unused=not self._files.look.only_unused)

    def action_toggle_order(self) -> None:
        self._look(by_size=not self._files.look.by_size)

    def _look(self, **what: object) -> None:
        self._files.change_look(**what)
        self._tell()

    def action_toggle_attributes(self) -> None:
        self._files.toggle_attributes()
        for heading in self.query(Heading):
            heading.refresh()

    def action_toggle_all(self) -> None:
        self._files.toggle_all()

    def action_open_below(self) -> None:
        self._files.open_below()

    def action_filter(self) -> None:
        line = self.query_one("#filter", Input)
        line.add_class("-on")
        line.focus()

    def action_end_filter(self) -> None:
        line = self.query_one("#filter", Input)
        line.value = ""
        line.remove_class("-on")
        if self.focused is line:
            self._files.focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        pattern = event.value
        self._soon(lambda: self._look(pattern=pattern))

    @on(Input.Submitted, "#filter")
    def _filter_kept(self, event: Input.Submitted) -> None:
        self._look(pattern=event.value)
        self.query_one("#filter", Input).set_class(bool(event.value), "-on")
        self._files.focus()

    def action_describe_layer(self) -> None:
        if layers := self._strata.xray.layers:
            layer = layers[self._layers.cursor]
            text = texts.about_layer(layer, is_whole=True)
            self.push_screen(Page(f"Layer {layer.number}", text))

    def action_help(self) -> None:
        self.push_screen(Page("Keys", texts.keys()))

    def action_why(self) -> None:
        if self._why is None:
            self.notify("why is told by the report of a build: start with --report")
            return
        path = self._files.node.path
        try:
            text = Text.from_ansi(self._why(path))
        except SlimError as error:
            text = Text(printable(error.message))
        self.push_screen(Page(printable(path), text))
