"""The names of images in a registry, and indexes that join them, by the distribution API.

Credentials are those of the `docker` command, which the SDK finds. What is here is asked of the
registry by slimmer itself: engines have no request for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import docker.auth
import docker.errors
import requests

from slimmer.errors import PullError, PushBrokenError, PushRefusedError

_SECONDS: Final = 30.0
_AT_A_TIME: Final = 1000
_LOOPBACK: Final = ("localhost", "127.", "[::1]")
"""Hosts that may speak without TLS, as engines have it."""

_HUB: Final = "registry-1.docker.io"
"""Where Docker Hub, whose images begin with docker.io, answers."""
_INDEX: Final = "application/vnd.oci.image.index.v1+json"
_MANIFESTS: Final = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_REFUSALS: Final = (401, 403, 405)
_PARAMETER: Final = re.compile(r'(\w+)="([^"]*)"')
"""Of a WWW-Authenticate header."""


class Registry:
    """One registry; a context manager. What fails while it lists leaves as a PullError."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._session = requests.Session()
        is_local = host.startswith(_LOOPBACK)
        place = _HUB if host in ("docker.io", "index.docker.io") else host
        self._bases = [f"{scheme}://{place}" for scheme in ("https", "http")[: 1 + is_local]]

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def repositories(self) -> tuple[str, ...]:
        """All paths (`team/api`). Many registries tell nobody, or not all of them."""
        hint = (
            f"{self._host} does not list its repositories: write their names out, with a glob for "
            "the tag only"
        )
        with self._in_words("list its repositories", hint):
            return tuple(self._pages("/v2/_catalog", "repositories"))

    def tags(self, repository: str) -> tuple[str, ...]:
        """Of one repository."""
        hint = f"is {self._host}/{repository} its name, and are you logged in (`docker login`)?"
        with self._in_words(f"list the tags of {repository}", hint):
            return tuple(self._pages(f"/v2/{repository}/tags/list", "tags"))

    def manifest(self, repository: str, digest: str) -> dict[str, Any]:
        """The entry of an index for a manifest that is there: media type, digest, size. Raises
        PushBrokenError."""
        address = f"/v2/{repository}/manifests/{digest}"
        with self._while_pushing(f"{repository}@{digest}"):
            answer = self._ask("HEAD", address, headers={"Accept": ", ".join(_MANIFESTS)})
            answer.raise_for_status()
            return {
                "mediaType": answer.headers["Content-Type"],
                "digest": digest,
                "size": int(answer.headers["Content-Length"]),
            }

    def put_index(self, repository: str, tag: str, document: bytes) -> str:
        """Put an OCI image index under a tag; returns its digest. Raises PushRefusedError and
        PushBrokenError."""
        with self._while_pushing(f"{repository}:{tag}"):
            answer = self._ask(
                "PUT",
                f"/v2/{repository}/manifests/{tag}",
                data=document,
                headers={"Content-Type": _INDEX},
            )
            if answer.status_code in _REFUSALS:
                raise PushRefusedError(
                    f"{self._host} does not take the index {repository}:{tag} "
                    f"({answer.status_code} {answer.reason})",
                    hint=f"the images are there, each under its platform's name; log in with the "
                    f"right to write (`docker login {self._host}`), and push again",
                    details=answer.text[:500],
                )
            answer.raise_for_status()
        return "sha256:" + hashlib.sha256(document).hexdigest()

    @contextlib.contextmanager
    def _while_pushing(self, what: str) -> Iterator[None]:
        try:
            yield
        except (requests.exceptions.RequestException, ValueError, LookupError) as error:
            raise PushBrokenError(
                f"{what} could not be joined to an index in {self._host}: {error}",
                hint="the images are there, each under its platform's name; push again",
            ) from error

    def _pages(self, path: str, key: str) -> Iterator[str]:
        address = f"{path}?n={_AT_A_TIME}"
        while address:
            answer = self._ask("GET", address)
            answer.raise_for_status()
            yield from answer.json()[key] or ()
            following = urlsplit(answer.links.get("next", {}).get("url", ""))
            address = following._replace(scheme="", netloc="").geturl()

    def _ask(self, method: str, address: str, **more: Any) -> requests.Response:
        """Asked again with what the registry wants to see, where it says so."""
        answer = self._answer(method, address, more)
        if answer.status_code != requests.codes.unauthorized:
            return answer
        kind, _, wanted = answer.headers.get("WWW-Authenticate", "").partition(" ")
        known = docker.auth.load_config().resolve_authconfig(self._host) or {}
        name, password = known.get("username", ""), known.get("password", "")
        if kind.lower() == "bearer":
            token = self._token(dict(_PARAMETER.findall(wanted)), name, password)
            headers = {**more.get("headers", {}), "Authorization": f"Bearer {token}"}
            return self._answer(method, address, {**more, "headers": headers})
        if not name:
            return answer
        return self._answer(method, address, {**more, "auth": (name, password)})

    def _token(self, wanted: dict[str, str], name: str, password: str) -> str:
        answer = self._session.get(
            wanted.pop("realm"),
            params=wanted,
            auth=(name, password) if name else None,
            timeout=_SECONDS,
        )
        answer.raise_for_status()
        told = answer.json()
        return str(told.get("token") or told.get("access_token"))

    def _answer(self, method: str, address: str, more: dict[str, Any]) -> requests.Response:
        try:
            return self._session.request(method, self._bases[0] + address, timeout=_SECONDS, **more)
        except requests.exceptions.SSLError:
            if len(self._bases) == 1:
                raise
            del self._bases[0]
            return self._answer(method, address, more)

    @contextlib.contextmanager
    def _in_words(self, action: str, hint: str) -> Iterator[None]:
        try:
            yield
        except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
            raise PullError(
                f"no registry answers at {self._host}",
                hint="is that its name, with its port? What stands before the first slash is the "
                "registry's; a name of Docker Hub is written docker.io/NAME",
                details=str(error),
            ) from error
        except (requests.exceptions.RequestException, ValueError, LookupError, TypeError) as error:
            raise PullError(f"{self._host} cannot {action}: {error}", hint=hint) from error
        except docker.errors.DockerException as error:
            raise PullError(
                f"the credentials for {self._host} cannot be had: {error}",
                hint=f"log in again: `docker login {self._host}`",
            ) from error
