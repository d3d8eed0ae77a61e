"""Images that a Docker engine gets from a registry. The SDK finds credentials, as for a push."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import docker.errors

from slimmer.engine.docker.failures import told_failure, translated
from slimmer.engine.docker.transfer import followed, without_tls
from slimmer.errors import PullError
from slimmer.image import parse_reference


class Pulling:
    """The part of interface.Engine that gets images from registries."""

    _client: Any
    tool: str

    def pull_image(self, reference: str, told: Callable[[int, int], None]) -> None:
        name = parse_reference(reference)
        with translated(f"pull {reference}"), _in_words_of_a_pull(reference, self.tool):
            lines = self._client.pull(
                name.name, tag=name.digest or name.tag or "latest", stream=True, decode=True
            )
            for line in followed(lines, told):
                if words := told_failure(line):
                    raise _failure(reference, words, self.tool)


@contextlib.contextmanager
def _in_words_of_a_pull(reference: str, tool: str) -> Iterator[None]:
    """What the engine says before it begins, and credentials that cannot be had."""
    try:
        yield
    except docker.errors.APIError as error:
        raise _failure(reference, str(error.explanation or error), tool) from error
    except docker.errors.DockerException as error:
        raise _failure(reference, f"the credentials cannot be had: {error}", tool) from error


def _failure(reference: str, words: str, tool: str) -> PullError:
    check = without_tls(words, parse_reference(reference).host or "docker.io") or (
        "check the name, that the engine can reach the registry, and that you are logged in there;"
    )
    return PullError(
        f"{reference} could not be pulled: {words}",
        hint=f"{check} `{tool} pull {reference}` tries the same",
    )
