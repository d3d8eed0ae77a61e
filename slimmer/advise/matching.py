"""Which line of a Dockerfile has made which layer of an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from slimmer.dockerfile import Dockerfile, Stage, Step, steps_of
from slimmer.xray import Layer

_MAKE_LAYERS: Final = frozenset(("RUN", "COPY", "ADD"))


def steps_by_layer(
    layers: Sequence[Layer], dockerfile: Dockerfile, stage: Stage
) -> dict[int, Step]:
    """Number of the layer → the step that made it, from the top down as far as kind and text fit.
    Below are the layers of the base."""
    found: dict[int, Step] = {}
    waiting = [layer for layer in layers if layer.instruction.partition(" ")[0] in _MAKE_LAYERS]
    for step in reversed(list(steps_of(dockerfile, stage))):
        if step.instruction.name not in _MAKE_LAYERS:
            continue
        if not waiting or not _fits(step, waiting[-1]):
            return found
        found[waiting.pop().number] = step
    return found


def _fits(step: Step, layer: Layer) -> bool:
    """A RUN has its words in the history; a COPY has digests instead of names there."""
    keyword, _, text = layer.instruction.partition(" ")
    if keyword != step.instruction.name:
        return False
    if keyword != "RUN" or step.instruction.heredocs or step.instruction.json is not None:
        return True
    return "".join(step.instruction.text.split()) == "".join(text.split())
