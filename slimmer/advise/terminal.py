"""Advice for people: the largest first, each with what to do and what was never opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from slimmer.advise.document import Advice, Advices, Evidence, Order
from slimmer.drawing import draw
from slimmer.words import printable, size


def terminal_advice(document: Advices, stream: TextIO, *, limit: int) -> None:
    """Write it, in the terminal's width and colours."""
    draw(stream, lambda width: _drawing(document, limit))


def _drawing(document: Advices, limit: int) -> RenderableType:
    parts: list[RenderableType] = ["", Text(printable(document.image), style="bold")]
    parts.append(
        Text.assemble(
            (size(document.size), "bold"),
            (f", {size(document.used_size)} used", "green"),
            f", {size(document.named_size)} never opened or hidden",
            (f" ({size(document.kept_size)} of it kept in case)" if document.kept_size else ""),
        )
    )
    for each in document.advice[:limit]:
        parts += ["", *_advice(each, document.dockerfile)]
    if len(document.advice) > limit:
        rest = sum(each.size for each in document.advice[limit:])
        parts += ["", Text(f"… {size(rest)} in {len(document.advice) - limit} more", style="dim")]
    if document.order:
        parts += ["", *_order(document.order, document.dockerfile)]
    for note in document.notes:
        parts += ["", Text(f"note: {printable(note)}", style="yellow")]
    return Padding(Group(*parts, ""), (0, 1, 0, 1))


def _order(order: Order, dockerfile: str) -> Iterator[RenderableType]:
    previous = printable(order.previous)
    if order.changed is None:
        yield Text(f"all layers are those of {previous}")
        return
    yield Text.assemble((f"{size(order.size)} ", "bold yellow"), f"are others than in {previous}")
    for word, layer in (
        ("changed", order.changed),
        *(("made anew", each) for each in order.remade),
    ):
        place = f"{printable(dockerfile)}:{layer.line}  " if layer.line else ""
        line = Text(f"  {word:<9} {size(layer.size):>8}  ", no_wrap=True, overflow="ellipsis")
        line.append(place, style="dim")
        line.append(printable(" ".join(layer.instruction.split())) or f"layer {layer.layer}")
        yield line
    for sentence in order.todo:
        yield Padding(Text.assemble(("→ ", "green"), printable(sentence)), (0, 0, 0, 2))


def _advice(advice: Advice, dockerfile: str) -> Iterator[RenderableType]:
    place = f"{printable(dockerfile)}:{advice.line}  " if advice.line else ""
    what = {"base": "base image", "hidden": "hidden files"}.get(advice.about, "")
    shown = what or printable(" ".join(advice.instruction.split())) or f"layer {advice.layer}"
    head = Text(no_wrap=True, overflow="ellipsis")
    head.append(f"{size(advice.size)} ", style="bold yellow")
    head.append(f"of {size(advice.whole)}  ", style="dim")
    head.append(place, style="dim")
    head.append(shown)
    yield head
    for sentence in advice.todo:
        yield Padding(Text.assemble(("→ ", "green"), printable(sentence)), (0, 0, 0, 2))
    for title, found in (("never opened", advice.packages), ("where", advice.places)):
        if found:
            yield Padding(Text(f"{title}: {_list(found)}", style="dim"), (0, 0, 0, 2))


def _list(found: tuple[Evidence, ...]) -> str:
    return ", ".join(f"{printable(each.name)} {size(each.size)}" for each in found)
