"""Images that a Docker engine gets from a registry. The SDK finds credentials, as for a push."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import docker.errors

from slimmer.engine.docker.failures import told_failure, translated
from slimmer.engine.docker.transfer import followed
from slimmer.errors import PullError
from slimmer.image import parse_reference


class Pulling:
    """The part of interface.Engine that gets images from registries."""

    _client: Any

    def pull_image(self, reference: str, told: Callable[[int, int], None]) -> None:
        name = parse_reference(reference)
        with translated(f"pull {reference}"), _in_words_of_a_pull(reference):
            lines = self._client.pull(
                name.name, tag=name.digest or name.tag or "latest", stream=True, decode=True
            )
            for line in followed(lines, told):
                if words := told_failure(line):
                    raise _failure(reference, words)


@contextlib.contextmanager
def _in_words_of_a_pull(reference: str) -> Iterator[None]:
    """What the engine says before it begins, and credentials that cannot be had."""
    try:
        yield
    except docker.errors.APIError as error:
        raise _failure(reference, str(error.explanation or error)) from error
    except docker.errors.DockerException as error:
        raise _failure(reference, f"the credentials cannot be had: {error}") from error


def _failure(reference: str, words: str) -> PullError:
    return PullError(
        f"{reference} could not be pulled: {words}",
        hint="check the name, that the engine can reach the registry, and that you are logged in "
        f"there; `docker pull {reference}` tries the same",
    )
