"""Debian's docker-registry on the loopback of an engine's network, with a password."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.engines.running import Running

_ADDRESS = "127.0.0.1:5001"
"""Nobody else is in that network."""
_USER, _PASSWORD = "ada", "lovelace"
_USERS = "ada:$2y$05$OOwlmNGkygVk3icNUH7itunn3t.zYesx81K/gjxZkkJLo8lbvkffG\n"
_MANIFESTS = ", ".join(
    (
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
    )
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A registry that runs."""

    address: str
    right: str
    """A DOCKER_CONFIG with its password."""
    wrong: str
    running: Running

    def ask(self, path: str) -> str:
        """The head and body of its answer."""
        asked = self.running.beside(
            *("curl", "-sS", "-i", "-u", f"{_USER}:{_PASSWORD}", "-H", f"Accept: {_MANIFESTS}"),
            f"http://{self.address}{path}",
        )
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout

    def digest(self, name: str, tag: str) -> str:
        """What the registry calls the manifest."""
        answer = self.ask(f"/v2/{name}/manifests/{tag}")
        found = re.search(r"docker-content-digest: *(\S+)", answer, re.IGNORECASE)
        assert found is not None, answer
        return found[1]


@contextlib.contextmanager
def registry(running: Running, folder: Path) -> Iterator[Place]:
    """A registry while the block runs; it keeps what it has in the folder."""
    (folder / "users").write_text(_USERS)
    settings = {
        "version": 0.1,
        "storage": {"filesystem": {"rootdirectory": str(folder / "blobs")}},
        "http": {"addr": _ADDRESS},
        "auth": {"htpasswd": {"realm": "tests", "path": str(folder / "users")}},
    }
    (folder / "registry.json").write_text(json.dumps(settings))  # YAML takes it
    place = Place(
        address=_ADDRESS,
        right=_credentials(folder / "right", _PASSWORD),
        wrong=_credentials(folder / "wrong", "babbage"),
        running=running,
    )
    command = running.beside("docker-registry", "serve", folder / "registry.json")
    with (folder / "registry.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        for _ in range(100):
            if " 200 " in place.ask("/v2/"):
                break
            threading.Event().wait(0.1)
        yield place
    finally:
        process.terminate()
        process.wait()


def _credentials(folder: Path, password: str) -> str:
    folder.mkdir()
    told = base64.b64encode(f"{_USER}:{password}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {_ADDRESS: {"auth": told}}}))
    return str(folder)
