"""The SDK's client, with the answers that it does not know."""

from __future__ import annotations

from typing import Any

import docker
import docker.errors

from slimmer.engine.docker.failures import told_failure

_UNTYPED: Any = docker.APIClient


class Client(_UNTYPED):  # type: ignore[misc]
    """docker.APIClient, to whom every refusal has a `message`: Podman's of a push has `error`. It
    waits for no answer without end, the SDK's own requests or ours."""

    def request(self, *arguments: Any, **settings: Any) -> Any:
        return super().request(*arguments, **{"timeout": self.timeout, **settings})

    def _raise_for_status(self, response: Any) -> None:
        try:
            super()._raise_for_status(response)
        except KeyError as missing:
            raise docker.errors.APIError(
                f"{response.status_code} {response.reason}",
                response=response,
                explanation=told_failure(response.json()) or response.text.strip(),
            ) from missing
