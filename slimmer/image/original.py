"""Reading an original from what the engine's image inspection answers.

Engines differ in what they leave out: Docker 20.10 writes every key with null or an empty
value, Docker 29 (API 1.52) omits those of the configuration, and images of the containerd
store may have no `Size` of the old kind. So no key is required but those without which
nothing can be done: `Id` and the layers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from slimmer.errors import EngineOperationError
from slimmer.image.history import base_finished, begins_with_base, copied_files
from slimmer.image.labels import OF_A_RUN
from slimmer.values import Original

_OF_A_CONTAINER: Final = frozenset(
    {
        "AttachStderr",
        "AttachStdin",
        "AttachStdout",
        "Domainname",
        "Hostname",
        "Image",
        "MacAddress",
        "OpenStdin",
        "StdinOnce",
        "Tty",
    }
)
"""Keys that the engine's classic builder leaves in an image's configuration from the container
that it built in. No engine reads them from an image, and `Image` names a parent that the slim
image does not have."""

_MEANINGFUL_WHEN_ZERO: Final = frozenset({"StopTimeout"})
"""0 seconds means: kill at once. Leaving it out would mean the engine's default of 10."""


def read_original(
    reference: str, inspection: Mapping[str, Any], history: Iterable[Mapping[str, Any]] = ()
) -> Original:
    """The original that `reference` names, from the JSON object of `GET /images/NAME/json` and the
    JSON list of `GET /images/NAME/history`.

    Raises EngineOperationError when the answer lacks what no image can be without.
    """
    identity = inspection.get("Id")
    steps = list(history)
    root_file_system = inspection.get("RootFS") or {}
    layers = root_file_system.get("Layers") or ()
    if not isinstance(identity, str) or not identity:
        raise EngineOperationError(
            f"the engine described {reference} without an id",
            hint="is this address a Docker-compatible engine? `slim doctor` looks closer",
        )
    return Original(
        reference=reference,
        id=identity,
        config=_image_configuration(inspection.get("Config") or {}),
        architecture=inspection.get("Architecture") or "",
        variant=inspection.get("Variant") or "",
        os=inspection.get("Os") or "linux",
        created=inspection.get("Created") or "",
        author=inspection.get("Author") or "",
        size=int(inspection.get("Size") or inspection.get("VirtualSize") or 0),
        layers=tuple(layers),
        copied=copied_files(steps),
        has_base=begins_with_base(steps),
        base_finished=base_finished(steps),
    )


def repository_tags(inspection: Mapping[str, Any]) -> tuple[str, ...]:
    """The names with tags that the engine has for the image, sorted; none for an untagged one."""
    return tuple(sorted(inspection.get("RepoTags") or ()))


def _image_configuration(config: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the image's author set, unknown keys of newer engines included. Labels of a
    run of slimmer are in images that were committed from its containers."""
    labels = config.get("Labels") or {}
    if not OF_A_RUN.isdisjoint(labels):
        labels = {name: value for name, value in labels.items() if name not in OF_A_RUN}
        config = {**config, "Labels": labels}
    return {
        key: value
        for key, value in sorted(config.items())
        if key not in _OF_A_CONTAINER
        and (value or (key in _MEANINGFUL_WHEN_ZERO and value is not None))
    }
