"""What the instructions of the original's Dockerfile brought, added to a report that is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from slimmer.report.areas import Area, Contents, instruction_areas, joined
from slimmer.report.groups import content_sizes
from slimmer.report.report import Report
from slimmer.values import Entry


def with_instructions(
    report: Report,
    entries: Iterable[Entry],
    layer_of: Mapping[str, int],
    instructions: Mapping[int, str],
) -> tuple[Area, ...]:
    """The report's areas with those of the instructions. `entries` is all that the original has,
    `layer_of` a path's layer, `instructions` that layer's instruction."""
    kept = {each.path for each in report.kept}
    contents = Contents(
        sizes=content_sizes(entries, kept),
        kept=kept,
        used={each.path for each in report.kept if each.phase},
    )
    # Those of an earlier call, if any, stand last: what is before them keeps its position.
    others = tuple(each for each in report.areas if each.view != "instruction")
    return joined((others, instruction_areas(contents, layer_of, instructions)))
