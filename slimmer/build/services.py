"""A build of a compose service: the original and the finished images run as that service, beside
what it depends on."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from slimmer.build.compose import (
    ComposeTool,
    Document,
    Service,
    bring_up,
    find_tool,
    image_of,
    read_document,
    service_of,
)
from slimmer.engine import Session
from slimmer.errors import UsageError
from slimmer.options import BuildOptions, ComposeOptions, Role
from slimmer.progress import Progress
from slimmer.values import RunOptions

_READING = "slimmer"
"""The project's name while the file is only read."""


@dataclass(frozen=True, kw_only=True)
class Composition:
    """The compose file of a build, as the tool has resolved it."""

    options: ComposeOptions
    tool: ComposeTool
    document: Document

    def named(self, options: BuildOptions) -> BuildOptions:
        """With the service's image, where the user names none. Raises UsageError for a service that
        is not in the file, or has another image than that of another role."""
        services = dict.fromkeys(self._service(role) for role in options.all_roles)
        for service in services:  # a wrong one is told before anything starts
            service_of(self.document, service, _READING)
        if options.image:
            return options
        images = {image_of(self.document, service): service for service in services}
        if len(images) > 1:
            told = ", ".join(f"{service} runs {image}" for image, service in images.items())
            raise UsageError(
                f"the roles are not of one image: {told}",
                hint="roles are several uses of one image; slim each image by itself",
            )
        return dataclasses.replace(options, image=next(iter(images)))

    def start(
        self, session: Session, options: BuildOptions, folder: Path, progress: Progress
    ) -> tuple[BuildOptions, tuple[str, ...]]:
        """Bring up what the services need. Returns the options with each role's service below what
        the user says of it, and notes for the report."""
        services = {
            name: service_of(self.document, name, session.project())
            for name in dict.fromkeys(self._service(role) for role in options.all_roles)
        }
        notes = tuple(note for service in services.values() for note in _notes(service))
        for note in notes:
            progress.warned(note)
        bring_up(
            session,
            self.tool,
            self.document,
            tuple(services.values()),
            image=options.image,
            folder=folder,
            timeout=self.options.timeout,
        )
        ready = {each.service for service in services.values() for each in service.dependencies}
        progress.detail("services", f"{', '.join(sorted(ready)) or 'none'} ready")
        (first, *_) = services.values()
        return (
            dataclasses.replace(
                options,
                run=_over(first.run, options.run),
                roles=tuple(
                    _as_service(role, services[self._service(role)].run) for role in options.roles
                ),
            ),
            notes,
        )

    def _service(self, role: Role) -> str:
        return role.service or self.options.service


def read_composition(options: ComposeOptions, engine_address: str) -> Composition:
    """Raises ComposeMissingError and ComposeFileError."""
    tool = find_tool(engine_address)
    document = read_document(tool, options.files, _READING)
    return Composition(options=options, tool=tool, document=document)


def _notes(service: Service) -> list[str]:
    if not service.not_taken:
        return []
    keys = ", ".join(service.not_taken)
    return [f"of the service {service.name} slimmer does not take over: {keys}"]


def _as_service(role: Role, run: RunOptions) -> Role:
    """The service's port is that of its own command, and the image's HEALTHCHECK that of the
    image's."""
    if not role.runs_own_command:
        run = dataclasses.replace(run, port=None)
    merged = dataclasses.replace(role, run=_over(run, role.run))
    has_other_command = role.runs_own_command and not merged.runs_own_command
    return dataclasses.replace(merged, healthcheck=role.healthcheck and not has_other_command)


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
