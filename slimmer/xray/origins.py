"""Which layer, and so which instruction, each file comes from that a container can see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from slimmer.image.archive import ImageContent
from slimmer.values import Entry
from slimmer.xray.instructions import steps_of, steps_of_layers
from slimmer.xray.stack import Stack


@dataclass(frozen=True, kw_only=True)
class Origins:
    """Where the files of an image come from."""

    entries: Collection[Entry]
    """All that is left when the layers lie upon each other."""
    layer_of: Mapping[str, int]
    """Path → number of its layer; 0 is the lowest."""
    instructions: Mapping[int, str]
    """That number → the instruction on one line; what the history does not tell is missing."""


def origins_of(image: ImageContent) -> Origins:
    """The origins of an image's files. Its content may be read without looking into files."""
    stack = Stack()
    for number, layer in enumerate(image.layers):
        stack.add(layer, number, {})
    makers = steps_of_layers(steps_of(image.configuration), len(image.layers))
    return Origins(
        entries=tuple(stack.entries.values()),
        layer_of=stack.layer_of,
        instructions={
            number: " ".join((step.instruction or step.created_by).split())
            for number, step in enumerate(makers)
            if step is not None
        },
    )
