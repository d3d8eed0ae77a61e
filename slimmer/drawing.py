"""How anything gets drawn: on a terminal in its width and colours, elsewhere as plain text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TextIO

from rich.console import Console, RenderableType

from slimmer.progress import encodable

_PLAIN_WIDTH: Final = 100


def draw(stream: TextIO, drawing: Callable[[int], RenderableType]) -> None:
    """Write what `drawing` makes for a width in columns."""
    is_terminal = stream.isatty()
    console = Console(
        file=stream,
        width=None if is_terminal else _PLAIN_WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
    )
    if is_terminal:
        console.print(drawing(console.width))
        return
    with console.capture() as captured:
        console.print(drawing(console.width))
    # rich pads lines to the width; logs need no blanks at their end.
    lines = (line.rstrip() for line in captured.get().splitlines())
    stream.write(encodable("\n".join(lines) + "\n", stream))


def block_for(stream: TextIO) -> str:
    """What bars are made of: whole blocks, or `#` where the encoding has none."""
    return "█" if encodable("█", stream) == "█" else "#"
