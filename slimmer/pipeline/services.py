"""A build of a compose service: the original and the finished images run as that service, beside
what it depends on."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from slimmer.compose import (
    ComposeTool,
    Document,
    Service,
    bring_up,
    find_tool,
    image_of,
    read_document,
    service_of,
)
from slimmer.configuration import BuildOptions, ComposeOptions, Role
from slimmer.engine import Session
from slimmer.model import RunOptions
from slimmer.progress import Progress

_READING = "slimmer"
"""The project's name while the file is only read."""


@dataclass(frozen=True, kw_only=True)
class Composition:
    """The compose file of a build, as the tool has resolved it."""

    options: ComposeOptions
    tool: ComposeTool
    document: Document

    def named(self, options: BuildOptions) -> BuildOptions:
        """With the service's image, where the user names none."""
        if options.image:
            return options
        image = image_of(self.document, self.options.service)
        return dataclasses.replace(options, image=image)

    def start(
        self, session: Session, options: BuildOptions, folder: Path, progress: Progress
    ) -> tuple[BuildOptions, tuple[str, ...]]:
        """Bring up what the service needs. Returns the options with the service's run below the
        user's, and notes for the report."""
        service = service_of(self.document, self.options.service, session.project())
        notes = tuple(_notes(service))
        for note in notes:
            progress.warned(note)
        bring_up(
            session,
            self.tool,
            self.document,
            (service,),
            image=options.image,
            folder=folder,
            timeout=self.options.timeout,
        )
        progress.detail("services", f"{len(service.dependencies)} ready")
        return (
            dataclasses.replace(
                options,
                run=_over(service.run, options.run),
                roles=tuple(
                    dataclasses.replace(role, run=_over(_of_role(service.run, role), role.run))
                    for role in options.roles
                ),
            ),
            notes,
        )


def read_composition(options: ComposeOptions, engine_address: str) -> Composition:
    """Raises ComposeMissingError, ComposeFileError, and UsageError for an unknown service."""
    tool = find_tool(engine_address)
    document = read_document(tool, options.files, _READING)
    composition = Composition(options=options, tool=tool, document=document)
    service_of(document, options.service, _READING)  # a wrong one is told before anything starts
    return composition


def _notes(service: Service) -> list[str]:
    if not service.not_taken:
        return []
    keys = ", ".join(service.not_taken)
    return [f"of the service {service.name} slimmer does not take over: {keys}"]


def _of_role(run: RunOptions, role: Role) -> RunOptions:
    """The service's port is that of its own command."""
    return run if role.runs_own_command else dataclasses.replace(run, port=None)


def _over(below: RunOptions, above: RunOptions) -> RunOptions:
    """The user's options laid over the service's: lists are added to, and what the user has said
    wins."""
    defaults = RunOptions()
    changes = {
        field.name: getattr(above, field.name)
        for field in dataclasses.fields(RunOptions)
        if getattr(above, field.name) != getattr(defaults, field.name)
    }
    changes |= {
        "environment": (*below.environment, *above.environment),
        "volumes": (*below.volumes, *above.volumes),
        "extra_hosts": (*below.extra_hosts, *above.extra_hosts),
    }
    return dataclasses.replace(below, **changes)
