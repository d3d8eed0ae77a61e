"""Images of a Docker engine on their way to a registry.

The engine sends them; what it needs besides are credentials, which the SDK finds as the `docker`
command does: in DOCKER_CONFIG's config.json, or by the credential helper that this names.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import docker.errors

from slimmer.engine.docker.failures import told_failure, translated
from slimmer.engine.docker.transfer import followed
from slimmer.errors import (
    PushBrokenError,
    PushRefusedError,
    SlimError,
)
from slimmer.image import parse_tag

_REFUSED: Final = re.compile(
    r"unauthori[sz]ed|denied|authentication required|no basic auth credentials|forbidden"
    r"|insufficient_scope|incorrect username|quota|unsupported|read.only|not allowed"
    r"|name (unknown|invalid)|manifest (invalid|unknown)|\b40[1345]\b|\b413\b",
    re.IGNORECASE,
)
"""In the engine's words on a push: what the registry has said no to. All else did not get there."""


class Pushing:
    """The part of interface.Engine that sends images to registries."""

    _client: Any

    def push_image(self, reference: str, told: Callable[[int, int], None]) -> str:
        name = parse_tag(reference)
        registry = name.host or "docker.io"
        with (
            _as_broken(reference),
            translated(f"push {reference}"),
            _in_words_of_a_push(reference, registry),
        ):
            lines = self._client.push(name.name, tag=name.tag, stream=True, decode=True)
            return _follow(lines, reference, registry, told)


def _follow(
    lines: Iterator[dict[str, Any]],
    reference: str,
    registry: str,
    told: Callable[[int, int], None],
) -> str:
    """The digest in the engine's last words."""
    digest = ""
    for line in followed(lines, told):
        if words := told_failure(line):
            raise _failure(reference, registry, words)
        digest = str((line.get("aux") or {}).get("Digest") or digest)
    if not digest:
        raise PushBrokenError(
            f"the engine tells of no image that {registry} would have of {reference}",
            hint=_hint(reference),
        )
    return digest


@contextlib.contextmanager
def _in_words_of_a_push(reference: str, registry: str) -> Iterator[None]:
    """What the engine says before it begins, and credentials that cannot be had."""
    try:
        yield
    except docker.errors.APIError as error:
        raise _failure(reference, registry, str(error.explanation or error)) from error
    except docker.errors.DockerException as error:
        raise PushRefusedError(
            f"the credentials for {registry} cannot be had: {error}",
            hint="log in again (`docker login`), or look at the credential helper that config.json "
            f"names; {_hint(reference)}",
        ) from error


@contextlib.contextmanager
def _as_broken(reference: str) -> Iterator[None]:
    """Whatever else stops a push has the one exit code: the images are safe."""
    try:
        yield
    except (PushRefusedError, PushBrokenError):
        raise
    except SlimError as error:
        raise PushBrokenError(
            f"{reference} could not be pushed: {error.message}",
            hint=_hint(reference),
            details=error.details,
        ) from error


def _failure(reference: str, registry: str, words: str) -> SlimError:
    if _REFUSED.search(words):
        return PushRefusedError(
            f"{registry} refuses {reference}: {words}",
            hint=f"log in with a user who may write there (`docker login {registry}`); "
            + _hint(reference),
        )
    return PushBrokenError(
        f"{reference} could not be pushed to {registry}: {words}",
        hint="is the registry there, and reachable from the engine? " + _hint(reference),
    )


def _hint(reference: str) -> str:
    return f"the images are in the engine: `docker push {reference}` tries again"
