"""Images of a Docker engine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any, cast

import docker.errors

from slimmer.engine.docker.failures import translated, translated_connection
from slimmer.errors import EngineOperationError, ImageNotFoundError
from slimmer.image import parse_tag


class Images:
    """The part of interface.Engine that is about images."""

    _client: Any
    address: str

    def inspect_image(self, reference: str) -> dict[str, Any]:
        found = self.find_image(reference)
        if found is None:
            raise ImageNotFoundError(
                f"the image {reference} is not in the engine at {self.address}",
                hint=self._similar_images(reference),
            )
        return found

    def find_image(self, reference: str) -> dict[str, Any] | None:
        try:
            with translated(f"inspect the image {reference}"):
                return cast(dict[str, Any], self._client.inspect_image(reference))
        except ImageNotFoundError:
            return None

    def image_history(self, reference: str) -> list[dict[str, Any]]:
        with translated(f"read the history of the image {reference}"):
            return cast(list[dict[str, Any]], self._client.history(reference))

    def _similar_images(self, reference: str) -> str:
        wanted = reference.split(":")[0].rsplit("/", 1)[-1]
        similar = sorted(
            tag
            for image in self._client.images()
            for tag in image.get("RepoTags") or []
            if wanted and wanted in tag
        )[:5]
        if similar:
            return "images with a similar name: " + ", ".join(similar)
        return (
            f"build it or fetch it first (docker pull {reference}); "
            "`docker images` lists what is there"
        )

    def load_image(self, archive: Iterable[bytes]) -> str:
        said = []
        with translated("load the slim image"):
            for line in self._client.load_image(archive):
                if "error" in line:
                    raise EngineOperationError(f"the engine cannot load the image: {line['error']}")
                said.append(line.get("stream", ""))
        return "".join(said)

    def save_image(self, image: str) -> Iterator[bytes]:
        with translated("read the image's layers"):
            yield from self._client.get_image(image)

    def image_names(self, pattern: str) -> list[str]:
        with translated("list images"):
            return [
                name
                for image in self._client.images(filters={"reference": pattern})
                for name in image.get("RepoTags") or []
            ]

    def tag_image(self, image: str, reference: str) -> None:
        name = parse_tag(reference)
        with translated(f"tag the image as {name}"):
            self._client.tag(image, name.name, name.tag, force=True)

    def remove_image(self, image: str) -> None:
        with contextlib.suppress(docker.errors.APIError), translated_connection():
            self._client.remove_image(image, noprune=False)
