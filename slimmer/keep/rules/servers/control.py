"""The programs by which servers are told what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slimmer.files import name_of
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Access


class ControlProgramsRule(Rule):
    """`docker exec web apache2ctl graceful`: a probe starts the server, and it is later that
    somebody asks it to reload or to check its configuration."""

    name = "control-programs"
    summary = "NAMEctl of a program NAME or NAMEd that was executed"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        for control, server in control_programs(self.context):
            yield Want(path=control, detail=f"controls {server}", because=server)


def control_programs(context: Context) -> Iterator[tuple[str, str]]:
    """Path of a control program, and of the executed program that it is for."""
    executed = {
        sighting.path
        for sighting in context.request.trace.sightings
        if sighting.access is Access.EXECUTE
    }
    for server in sorted({context.index.real_path(path) for path in executed}):
        name = name_of(server)
        for control in dict.fromkeys((f"{name}ctl", f"{name.removesuffix('d')}ctl")):
            path = context.programs.find(control) if name else ""
            if path:
                yield path, server
