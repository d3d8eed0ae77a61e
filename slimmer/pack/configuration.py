"""The image configuration and the manifest of what was packed: canonical JSON, no `now`.

Configuration: the original's own, with the labels of slimmer; architecture, variant, system,
author and time of creation are the original's too, so nothing in it depends on when or where
slimmer ran. Manifest: OCI image manifest 1.0, layers uncompressed, so a layer's digest is its
diff_id.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from slimmer.values import Compression, Layer, Original

MANIFEST_TYPE: Final = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE: Final = "application/vnd.oci.image.config.v1+json"
LAYER_TYPES: Final = {
    Compression.NONE: "application/vnd.oci.image.layer.v1.tar",
    Compression.GZIP: "application/vnd.oci.image.layer.v1.tar+gzip",
    Compression.ZSTD: "application/vnd.oci.image.layer.v1.tar+zstd",
}

DEFAULT_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What the engines put into a container of an image that sets no PATH."""

_CREATED_BY: Final = "slimmer"


def canonical_json(value: object) -> bytes:
    """Keys sorted, no white space, ASCII only: one value, one sequence of bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def sha256_digest(data: bytes) -> str:
    """`sha256:…` of the bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def image_configuration(
    original: Original,
    layers: Sequence[Layer],
    *,
    labels: Mapping[str, str],
    latest: int | None = None,
    below: Sequence[Layer] = (),
    history: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """The configuration of an image with these layers that behaves as the original does.

    `latest` (seconds since the epoch) is what the time of creation is clamped to. `below` are the
    layers of another image that it stands on; that image's `history` is taken over, if it tells of
    each of them.
    """
    configuration: dict[str, Any] = {
        "architecture": original.architecture,
        "os": original.os,
        "config": {
            **original.config,
            "Labels": {**(original.config.get("Labels") or {}), **labels},
        },
        "rootfs": {"type": "layers", "diff_ids": []},
        "history": [],
    }
    if original.variant:
        configuration["variant"] = original.variant
    if original.author:
        configuration["author"] = original.author
    created = _clamped(original.created, latest)
    if created:
        configuration["created"] = created
    if not configuration["config"]["Labels"]:
        del configuration["config"]["Labels"]
    for layer in below:
        _append_layer(configuration, layer)
    if sum(not step.get("empty_layer") for step in history) == len(below):
        configuration["history"] = list(history)
    for layer in layers:
        _append_layer(configuration, layer)
    return canonical_json(configuration)


def with_layers(
    configuration: bytes, layers: Iterable[Layer], *, path_folders: Sequence[str] = ()
) -> bytes:
    """The same configuration with more layers on top.

    `path_folders` are appended to PATH, behind the folders of the image itself: a tool of the
    image is never replaced by one of the new layers.
    """
    extended = json.loads(configuration)
    for layer in layers:
        _append_layer(extended, layer)
    if path_folders:
        config = extended["config"]
        config["Env"] = _with_path(config.get("Env") or [], path_folders)
    return canonical_json(extended)


def image_manifest(
    configuration: bytes, layers: Sequence[Layer], compression: Compression = Compression.NONE
) -> bytes:
    """The OCI image manifest that ties a configuration and its layers together."""
    return canonical_json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": {
                "mediaType": CONFIG_TYPE,
                "digest": sha256_digest(configuration),
                "size": len(configuration),
            },
            "layers": [
                {"mediaType": LAYER_TYPES[compression], "digest": layer.digest, "size": layer.size}
                for layer in layers
            ],
        }
    )


def _append_layer(configuration: dict[str, Any], layer: Layer) -> None:
    entry = {"created_by": _CREATED_BY, "comment": f"{layer.name} layer, {layer.entries} entries"}
    if "created" in configuration:
        entry["created"] = configuration["created"]
    configuration["rootfs"]["diff_ids"].append(layer.digest)
    configuration["history"].append(entry)


def _with_path(environment: Sequence[str], folders: Sequence[str]) -> list[str]:
    extended = list(environment)
    for position, assignment in enumerate(extended):
        name, _, value = assignment.partition("=")
        if name == "PATH":
            extended[position] = "PATH=" + ":".join([*filter(None, [value]), *folders])
            return extended
    extended.append("PATH=" + ":".join([DEFAULT_PATH, *folders]))
    return extended


def _clamped(created: str, latest: int | None) -> str:
    """The time as the original writes it, unless it is later than `latest`."""
    if latest is None:
        return created
    limit = datetime.datetime.fromtimestamp(latest, tz=datetime.UTC)
    written = limit.strftime("%Y-%m-%dT%H:%M:%SZ")
    if not created:
        return written
    try:
        # Engines write nine digits of a second's fraction, Python reads at most six.
        moment = datetime.datetime.fromisoformat(_without_fraction(created))
    except ValueError:
        return written
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return created if moment <= limit else written


def _without_fraction(time: str) -> str:
    whole, point, rest = time.partition(".")
    return whole + rest.lstrip("0123456789") if point else time
