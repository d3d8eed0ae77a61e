"""The explanation of a size in lines, as `slim check` and `slim build --max-size` tell it."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.check.document import SizeExplanation, StrategySize, Thing
from slimmer.words import count, printable, size

_SHOWN_UNUSED = 3


def explanation_lines(explanation: SizeExplanation) -> Iterator[str]:
    """The largest things, what was never used of all, and what other strategies would give. No
    line has anything that could steer a terminal."""
    is_known = explanation.used_size is not None
    yield "the largest:"
    for thing in explanation.things:
        used = f"  {_used(thing):>12}" if is_known else ""
        yield f"{size(thing.size):>8}{used}  {printable(thing_name(thing))}"
    yield from summary_lines(explanation)


def summary_lines(explanation: SizeExplanation) -> Iterator[str]:
    """What stands below the table of the largest things."""
    if explanation.used_size is not None:
        rest = explanation.size - explanation.used_size
        of = printable(explanation.usage)
        yield f"never used: {size(rest)} of {size(explanation.size)}{f' ({of})' if of else ''}"
        if explanation.unused:
            first = [printable(each.name) for each in explanation.unused[:_SHOWN_UNUSED]]
            more = len(explanation.unused) - len(first)
            others = f", {more:,} more" if more else ""
            yield f"entirely unused: {', '.join(first)}{others}"
    else:
        yield "what of it is used is not known: no report of a build of this very image was found"
    for strategy in explanation.strategies:
        yield strategy_words(strategy)


def strategy_words(strategy: StrategySize) -> str:
    """`minimal would have about 31.8 MB`."""
    if strategy.is_estimate:
        return f"--strategy {strategy.strategy} would give about {size(strategy.size)}"
    return f"slim build made {size(strategy.size)} of it with --strategy {strategy.strategy}"


def thing_name(thing: Thing) -> str:
    """`deb gcc-12 12.2.0-14`, `/usr/src/ (12 files)`."""
    if thing.kind == "package":
        return f"{thing.type} {thing.name}"
    if thing.kind == "directory":
        return f"{thing.name.rstrip('/')}/ ({count(thing.files, 'file')})"
    return thing.name


def _used(thing: Thing) -> str:
    return f"{size(thing.used_size)} used" if thing.used_size else "never used"
