"""Which image an archive holds: `manifest.json` of Docker, or `index.json` of OCI layouts.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from slimmer.errors import ImageDigestError, ImageFileError, UsageError
from slimmer.values import usual_platform
from slimmer.words import count, printable

_INDEXES: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_NAMES: Final = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
_DIGEST: Final = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which one, where there are several."""

    name: str = ""
    """A name that the archive has for the image; empty: there is only one."""
    platform: str = ""
    """`linux/arm64`; empty: this machine's, or else the first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """An image, as the documents have it."""

    name: str
    id: str
    configuration: dict[str, Any]
    layers: tuple[str, ...]
    """Names of the archive's members, lowest first."""
    form: str


class Documents:
    """The JSON members of an archive."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._data: dict[str, bytes] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def add(self, name: str, data: bytes) -> None:
        """A document by its name in the archive."""
        self._data[name] = data

    def read(self, name: str, kind: type[Any], *, what: str) -> Any:
        """The document, an object or a list. Raises ImageFileError, and ImageDigestError where it
        is not what its own name says."""
        data = self._data.get(name)
        if data is None:
            raise ImageFileError(f"{self.place} lacks {what} ({name})", hint=_AGAIN)
        algorithm, _, digest = name.removeprefix("blobs/").partition("/")
        if (algorithm, len(digest)) == ("sha256", 64) and digest_of(data) != f"sha256:{digest}":
            raise ImageDigestError(
                f"{what} in {self.place} is not what it should be: its digest is another one",
                hint=_AGAIN,
                details=f"told:     sha256:{digest}\ncomputed: {digest_of(data)}",
            )
        try:
            document = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise ImageFileError(
                f"{what} in {self.place} is not JSON: {error}", hint=_AGAIN
            ) from error
        if not isinstance(document, kind):
            raise ImageFileError(f"{what} in {self.place} is not what it should be", hint=_AGAIN)
        return document

    def digest(self, name: str) -> str:
        """`sha256:…` of a document that was read."""
        return digest_of(self._data[name])


_AGAIN: Final = "save the image again"


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def choose(documents: Documents, choice: Choice) -> Found:
    """Raises ImageFileError where there is no image, and UsageError where there are several."""
    try:
        if "manifest.json" in documents:
            return _of_docker(documents, choice)
        if "index.json" in documents:
            return _of_layout(documents, choice)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise ImageFileError(
            f"the manifest in {documents.place} is not what it should be",
            hint=_AGAIN,
            details=f"{type(error).__name__}: {error}",
        ) from error
    raise ImageFileError(
        f"{documents.place} is not an image: it has neither manifest.json nor index.json",
        hint="`docker save IMAGE -o FILE.tar` writes one (`docker export` writes a container's "
        "files alone); a file that is cut off lacks its end",
    )


def _of_docker(documents: Documents, choice: Choice) -> Found:
    listed = documents.read("manifest.json", list, what="the list of images")
    image, name = _one(
        [(each, tuple(each.get("RepoTags") or ())) for each in listed], documents.place, choice
    )
    configuration = documents.read(image["Config"], dict, what="the configuration")
    return Found(
        name=name,
        id=documents.digest(image["Config"]),
        configuration=configuration,
        layers=tuple(map(str, image["Layers"])),
        form="docker-archive",
    )


def _of_layout(documents: Documents, choice: Choice) -> Found:
    index = documents.read("index.json", dict, what="the index")
    named = [
        (each, tuple(filter(None, map((each.get("annotations") or {}).get, _NAMES))))
        for each in index["manifests"]
    ]
    descriptor, name = _one(named, documents.place, choice)
    while descriptor.get("mediaType") in _INDEXES:
        inner = documents.read(_blob(descriptor), dict, what="an index")
        descriptor = _of_platform(list(_images(inner["manifests"])), documents.place, choice)
    manifest = documents.read(_blob(descriptor), dict, what="the manifest")
    configuration = documents.read(_blob(manifest["config"]), dict, what="the configuration")
    return Found(
        name=name,
        id=manifest["config"]["digest"],
        configuration=configuration,
        layers=tuple(map(_blob, manifest["layers"])),
        form="oci-layout",
    )


def _one(
    images: list[tuple[dict[str, Any], tuple[str, ...]]], place: str, choice: Choice
) -> tuple[dict[str, Any], str]:
    """The image with its name."""
    if not images:
        raise ImageFileError(f"{place} holds no image", hint=_AGAIN)
    images = [(image, names) for image, names in images if _is_image(image)] or images
    real = images
    if choice.name:
        real = [
            (image, (choice.name,))
            for image, names in real
            if choice.name in names or f"{choice.name}:latest" in names
        ]
    if len({json.dumps(image, sort_keys=True) for image, _ in real}) == 1:
        image, names = real[0]
        return image, names[0] if names else ""
    if real and not choice.name and all(image.get("platform") for image, _ in real):
        return _of_platform([image for image, _ in real], place, choice), ""
    there = ", ".join(sorted(name for _, names in images for name in names)) or "without names"
    raise UsageError(
        f"{place} holds {count(len(images), 'image')}"
        + (f", and none of them is {choice.name}" if choice.name else ""),
        hint=f"say which one with --pick: {printable(there)}",
    )


def _of_platform(images: list[dict[str, Any]], place: str, choice: Choice) -> dict[str, Any]:
    wanted = usual_platform(choice.platform or f"linux/{platform.machine()}")
    platforms = [_platform(image) for image in images]
    for image, told in zip(images, platforms, strict=True):
        if told == wanted or told.startswith(wanted + "/"):
            return image
    if choice.platform or not images:
        raise UsageError(
            f"{place} has no image for {wanted}",
            hint=f"it has: {printable(', '.join(platforms)) or 'none'}",
        )
    return images[0]


def _images(manifests: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Without attestations, which say of themselves to be for no platform."""
    return (each for each in manifests if _is_image(each))


def _is_image(descriptor: dict[str, Any]) -> bool:
    return not _platform(descriptor).startswith("unknown/")


def _platform(descriptor: dict[str, Any]) -> str:
    told = descriptor.get("platform") or {}
    parts = (told.get("os", ""), told.get("architecture", ""), told.get("variant", ""))
    return "/".join(part for part in parts if part)


def _blob(descriptor: dict[str, Any]) -> str:
    digest = str(descriptor["digest"])
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is not a digest")
    return "blobs/" + digest.replace(":", "/", 1)
