"""The user's compose files as the tool resolves them, and the part of them that is brought up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from slimmer.build.compose.tool import ComposeTool
from slimmer.disk import is_directory, is_regular
from slimmer.errors import ComposeFileError, UsageError

Document = Mapping[str, Any]

CONFIG_TIMEOUT: Final = 60.0
"""Seconds for the tool to read its files."""
_OF_THE_USERS: Final = ("container_name", "ports", "restart", "profiles")
"""What would meet the user's own containers of the same file (a name, a port of the machine),
outlive a build, or keep a service from being started. Services reach each other by their names in
the network, and need none of it."""


_NAMES: Final = re.compile(r"(docker-)?compose[\w.-]*\.ya?ml")


def _others(missing: Path) -> str:
    """What may have been meant by it, beside it."""
    folder = missing.absolute().parent
    if not is_directory(folder):
        return f"there is no folder {missing.parent} either"
    found = sorted(each.name for each in folder.iterdir() if _NAMES.fullmatch(each.name))
    names = ", ".join(str(missing.with_name(name)) for name in found)
    return f"did you mean {names}?" if names else "name one with --compose FILE"


def read_document(tool: ComposeTool, files: Sequence[Path], project: str) -> Document:
    """`config` of the tool: files joined, variables and env_files put in, paths absolute. A dollar
    sign is doubled in it. Raises ComposeFileError."""
    import yaml  # only a build with compose pays for it

    for file in files:
        if not is_regular(file):
            raise ComposeFileError(f"there is no compose file {file}", hint=_others(file))
    ran = tool.run(files, project, ["config"], timeout=CONFIG_TIMEOUT)
    names = ", ".join(map(str, files))
    if ran.status != 0:
        raise ComposeFileError(
            f"{tool.name} cannot read {names}",
            hint=f"`{tool.name} -f {files[0]} config` must work first",
            details=ran.stderr.strip(),
        )
    try:
        document = yaml.safe_load(ran.stdout)
    except yaml.YAMLError as error:
        raise ComposeFileError(
            f"what {tool.name} says of {names} cannot be read", details=str(error)
        ) from error
    if not isinstance(document, dict) or not document.get("services"):
        raise ComposeFileError(f"{names} has no services")
    return document


def body_of(document: Document, service: str) -> Mapping[str, Any]:
    """What the document says of a service. Raises UsageError for one that it does not have."""
    services: Mapping[str, Mapping[str, Any]] = document["services"]
    if service in services:
        return services[service] or {}
    near = get_close_matches(service, services, n=1)
    known = ", ".join(services)
    raise UsageError(
        f"the compose file has no service `{service}`"
        if service
        else "which service of the compose file is to be slimmed?",
        hint=f"did you mean {near[0]}?" if near else f"--service NAME, one of: {known}",
    )


def image_of(document: Document, service: str) -> str:
    """The image of a service. Raises UsageError where the file names none."""
    image = str(body_of(document, service).get("image") or "")
    if not image:
        raise UsageError(
            f"the service {service} has no `image:` in the compose file",
            hint="build it (docker compose build), and name the image: in the file, or as in "
            "`slim build IMAGE --compose …`",
        )
    return image


def dependencies_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Service → `service_started`, `service_healthy` or `service_completed_successfully`."""
    depends = body.get("depends_on") or {}
    if isinstance(depends, list):
        found = dict.fromkeys(depends, "service_started")
    else:
        found = {name: str((how or {}).get("condition")) for name, how in depends.items()}
    for name in _named_otherwise(body):
        found.setdefault(name, "service_started")
    return found


def needed_services(document: Document, service: str) -> tuple[str, ...]:
    """All services that this one depends on, whatever the way; without itself."""
    found: dict[str, None] = {}
    waiting = list(dependencies_of(body_of(document, service)))
    while waiting:
        name = waiting.pop(0)
        if name not in found and name != service:
            found[name] = None
            waiting += dependencies_of(body_of(document, name))
    return tuple(found)


def project_document(
    document: Document, service: str, image: str, labels: Mapping[str, str]
) -> dict[str, Any]:
    """What is given to the tool: the service, which is not started, with this `image`, and all that
    it needs, in networks and volumes of the project's own. Everything is labelled.

    Names that the file gives to networks and volumes are dropped, but for external ones: with them
    the user's own data would be written to, and be gone at the end.
    """
    names = (*needed_services(document, service), service)
    services = {name: _own(body_of(document, name), labels) for name in names}
    services[service] = {**services[service], "image": image}
    services[service].pop("build", None)
    networks = {"default": None, **(document.get("networks") or {})}
    rewritten: dict[str, Any] = {
        "services": services,
        "networks": {name: _apart(body, labels) for name, body in networks.items()},
        "volumes": {
            name: _apart(body, labels) for name, body in (document.get("volumes") or {}).items()
        },
    }
    for key in ("version", "secrets", "configs"):
        if document.get(key):
            rewritten[key] = document[key]
    return rewritten


def external_name(key: str, body: Mapping[str, Any] | None) -> str | None:
    """The name of a network or volume that is not the project's; None for those that are."""
    external = (body or {}).get("external")
    if not external:
        return None
    named = external.get("name") if isinstance(external, Mapping) else None
    return str((body or {}).get("name") or named or key)


def _own(body: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    kept = {key: value for key, value in body.items() if key not in _OF_THE_USERS}
    return {**kept, "labels": {**_mapping(body.get("labels")), **labels}}


def _apart(body: Mapping[str, Any] | None, labels: Mapping[str, str]) -> dict[str, Any]:
    body = body or {}
    if body.get("external"):
        return dict(body)
    kept = {key: value for key, value in body.items() if key not in ("name", "external")}
    return {**kept, "labels": {**_mapping(body.get("labels")), **labels}}


def _mapping(labels: Any) -> dict[str, str]:
    """Labels, which may be a list of `NAME=VALUE`."""
    if isinstance(labels, list):
        return dict(str(label).partition("=")[::2] for label in labels)
    return dict(labels or {})


def _named_otherwise(body: Mapping[str, Any]) -> Iterable[str]:
    for link in body.get("links") or ():
        yield str(link).partition(":")[0]
    kind, _, name = str(body.get("network_mode") or "").partition(":")
    if kind == "service":
        yield name
