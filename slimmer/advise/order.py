"""What the last build has made anew, and because of which instruction: two images of one
Dockerfile, compared layer by layer."""

from __future__ import annotations

from collections.abc import Mapping

from slimmer.advise.document import Order, Remade
from slimmer.dockerfile import Step
from slimmer.words import size
from slimmer.xray import Layer, Xray

_SHOWN = 3


def order_of(xray: Xray, previous: Xray, steps: Mapping[int, Step]) -> Order:
    """`steps`: number of a layer of `xray` → what made it, where that is known. A layer with the
    digest of the one at its place is one that the builder, or a registry, had already."""
    same = 0
    for layer, before in zip(xray.layers, previous.layers, strict=False):
        if layer.digest != before.digest:
            break
        same += 1
    known = {layer.instruction for layer in previous.layers[same:]}
    first, *above = xray.layers[same:] or (None,)
    if first is None:
        return Order(previous=previous.image.reference)
    remade = [
        layer
        for layer in above
        if layer.instruction.startswith("RUN ") and layer.instruction in known and layer.size
    ]
    changed = _remade(first, steps)
    return Order(
        previous=previous.image.reference,
        changed=changed,
        remade=tuple(_remade(layer, steps) for layer in remade),
        size=sum(layer.size for layer in xray.layers[same:]),
        todo=_todo(changed, remade, steps, is_known=first.instruction in known),
    )


def _todo(
    changed: Remade, remade: list[Layer], steps: Mapping[int, Step], *, is_known: bool
) -> tuple[str, ...]:
    keyword = changed.instruction.partition(" ")[0]
    if steps and changed.layer not in steps:
        return ("The base has changed: all that stands on it is made anew",)
    if keyword == "RUN" and is_known:
        return (
            "It was run again although nothing below it has changed: without the builder's cache, "
            "or with another ARG",
        )
    if keyword not in ("COPY", "ADD") or not remade:
        return ()
    largest = sorted(remade, key=lambda layer: -layer.size)[:_SHOWN]
    names = ", ".join(
        f"line {steps[layer.number].instruction.line}"
        if layer.number in steps
        else f"`{_short(layer.instruction)}`"
        for layer in largest
    )
    return (
        f"Copy it behind {names}: {size(sum(layer.size for layer in remade))} were made anew "
        "because of it. Before them copy only what they read, as package.json or requirements.txt",
    )


def _remade(layer: Layer, steps: Mapping[int, Step]) -> Remade:
    step = steps.get(layer.number)
    return Remade(
        layer=layer.number,
        line=step.instruction.line if step else None,
        instruction=layer.instruction,
        size=layer.size,
    )


def _short(instruction: str) -> str:
    words = " ".join(instruction.split())
    return words if len(words) <= 40 else f"{words[:39]}…"
