"""Images of a Docker engine."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from slimmer.engine.docker.failures import agreed, if_possible, refusal, told_failure, translated
from slimmer.errors import ImageNotFoundError
from slimmer.image import is_image_id, parse_reference, parse_tag, similar_names

_OF_AN_IMAGE: Final = (
    *("Id", "Config", "Architecture", "Variant", "Os", "Author", "Created", "RootFS"),
)
"""What does not change while an image is there."""
_PIECE: Final = 2 << 20
"""Bytes of an archive that are read at a time."""
_TELLS_WHAT_IS_MISSING: Final = (1, 51)
"""The version of the API from which on an image is seen to lack a layer."""


class Images:
    """The part of interface.Engine that is about images."""

    _client: Any
    address: str
    tool: str

    @functools.cached_property
    def _nature(self) -> dict[str, Any]:
        """What the engine says of itself, as far as it does not change."""
        with translated("ask for the engine's state"):
            return cast(dict[str, Any], self._client.info())

    def inspect_image(self, reference: str) -> dict[str, Any]:
        if not is_image_id(reference):
            parse_reference(reference)  # else the engine may take it for another of its resources
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
                return agreed(
                    lambda: cast(dict[str, Any], self._client.inspect_image(reference)),
                    lambda image: [image.get(key) for key in _OF_AN_IMAGE],
                )
        except ImageNotFoundError:
            return None

    def image_history(self, reference: str) -> list[dict[str, Any]]:
        with translated(f"read the history of the image {reference}"):
            return agreed(lambda: cast(list[dict[str, Any]], self._client.history(reference)))

    def _similar_images(self, reference: str) -> str:
        with translated("list images"):
            names = [
                name for image in self._client.images() for name in image.get("RepoTags") or ()
            ]
        similar = similar_names(reference, names)
        fetch = f"({self.tool} pull {reference}, or slim build --pull)"
        if similar:
            found = f"images with a similar name: {', '.join(similar)}"
            return f"{found}; or fetch it first {fetch}" if "/" in reference else found
        return f"build it or fetch it first {fetch}; `{self.tool} images` lists what is there"

    takes_index = True
    knows_pushed = True

    @property
    def adds_to_layers(self) -> bool:
        """The containerd store takes such an archive even where it has a layer in another form, and
        then has an image that can be run, and neither pushed nor saved; from Docker 28.5 on,
        inspecting that tells of no layers."""
        numbers = tuple(int(number) for number in str(self._client.api_version).split("."))
        return not self._has_containerd_store or numbers >= _TELLS_WHAT_IS_MISSING

    @property
    def _has_containerd_store(self) -> bool:
        status = self._nature.get("DriverStatus") or ()
        return any("io.containerd.snapshotter" in str(pair) for pair in status)

    def load_image(self, archive: Iterable[bytes]) -> str:
        """The SDK's own way hides an error that comes as an answer in pieces."""
        return self._send("load the image", "/images/load", archive)

    def import_layer(self, layer: Iterable[bytes], reference: str) -> bool:
        if self._has_containerd_store:
            return False  # it compresses the layer
        name = parse_tag(reference)
        self._send(
            "import a layer",
            "/images/create",
            layer,
            {"fromSrc": "-", "repo": name.name, "tag": name.tag},
        )
        return True

    def _send(
        self, action: str, path: str, data: Iterable[bytes], query: Mapping[str, str] | None = None
    ) -> str:
        """What the engine says, which may be an error although it has begun with a success."""
        said = []
        with translated(action):
            response = self._client._post(
                self._client._url(path), params=query, data=data, stream=True
            )
            self._client._raise_for_status(response)
            for line in response.iter_lines():
                told = json.loads(line) if line else {}
                if words := told_failure(told):
                    raise refusal(action, words)
                said.append(told.get("stream", ""))
        return "".join(said)

    def save_image(self, image: str) -> Iterator[bytes]:
        with translated("read the image's layers"):
            # The SDK's own request waits for the next bytes without end.
            place = self._client._url("/images/{0}/get", image)
            response = self._client._get(place, stream=True)
            self._client._raise_for_status(response)
            yield from response.iter_content(_PIECE)

    def image_names(self, pattern: str) -> list[str]:
        with translated("list images"):
            return [
                name
                for image in self._client.images(filters={"reference": pattern})
                for name in image.get("RepoTags") or []
            ]

    def images_labelled(self, label: str) -> list[dict[str, Any]]:
        with translated("list images"):
            found = self._client.images(filters={"label": label})
            return sorted(found, key=lambda each: int(each["Created"]), reverse=True)

    def tag_image(self, image: str, reference: str) -> None:
        name = parse_tag(reference)
        with translated(f"tag the image as {name}"):
            self._client.tag(image, name.name, name.tag, force=True)

    def remove_image(self, image: str) -> None:
        with if_possible(f"remove the image {image}"):
            self._client.remove_image(image, noprune=False)
