"""Images of a Docker engine on their way to a registry.

The engine sends them; what it needs besides are credentials, which the SDK finds as the `docker`
command does: in DOCKER_CONFIG's config.json, or by the credential helper that this names.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import docker.errors

from slimmer.engine.docker.failures import told_failure, translated
from slimmer.engine.docker.transfer import followed, without_tls
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

_DIGEST: Final = re.compile(r"\bdigest: (sha256:[0-9a-f]{64})\b")
_NOT_REACHED: Final = "is the registry there, and reachable from the engine?"


class Pushing:
    """The part of interface.Engine that sends images to registries."""

    _client: Any
    tool: str

    def push_image(self, reference: str, told: Callable[[int, int], None]) -> str:
        name = parse_tag(reference)
        push = _Push(reference=reference, registry=name.host or "docker.io", tool=self.tool)
        with push.as_broken(), translated(f"push {reference}"), push.in_its_words():
            lines = self._client.push(name.name, tag=name.tag, stream=True, decode=True)
            return push.follow(lines, told)


@dataclass(frozen=True, kw_only=True)
class _Push:
    """One push, and how what becomes of it is told."""

    reference: str
    registry: str
    tool: str

    def follow(self, lines: Iterator[dict[str, Any]], told: Callable[[int, int], None]) -> str:
        """The digest in the engine's last words."""
        digest = ""
        for line in followed(lines, told):
            if words := told_failure(line):
                raise self.failure(words)
            # Podman tells of it in words alone.
            spoken = _DIGEST.search(str(line.get("status") or ""))
            aux = (line.get("aux") or {}).get("Digest")
            digest = str(aux or (spoken[1] if spoken else digest))
        if not digest:
            raise PushBrokenError(
                f"the engine tells of no image that {self.registry} would have of {self.reference}",
                hint=self.hint,
            )
        return digest

    @contextlib.contextmanager
    def in_its_words(self) -> Iterator[None]:
        """What the engine says before it begins, and credentials that cannot be had."""
        try:
            yield
        except docker.errors.APIError as error:
            raise self.failure(str(error.explanation or error)) from error
        except docker.errors.DockerException as error:
            raise PushRefusedError(
                f"the credentials for {self.registry} cannot be had: {error}",
                hint="log in again (`docker login`), or look at the credential helper that "
                f"config.json names; {self.hint}",
            ) from error

    @contextlib.contextmanager
    def as_broken(self) -> Iterator[None]:
        """Whatever else stops a push has the one exit code: the images are safe."""
        try:
            yield
        except (PushRefusedError, PushBrokenError):
            raise
        except SlimError as error:
            raise PushBrokenError(
                f"{self.reference} could not be pushed: {error.message}",
                hint=self.hint,
                details=error.details,
            ) from error

    def failure(self, words: str) -> SlimError:
        if _REFUSED.search(words):
            return PushRefusedError(
                f"{self.registry} refuses {self.reference}: {words}",
                hint="log in with a user who may write there "
                f"(`{self.tool} login {self.registry}`); {self.hint}",
            )
        return PushBrokenError(
            f"{self.reference} could not be pushed to {self.registry}: {words}",
            hint=f"{without_tls(words, self.registry) or _NOT_REACHED} {self.hint}",
        )

    @property
    def hint(self) -> str:
        return f"the images are in the engine: `{self.tool} push {self.reference}` tries again"
