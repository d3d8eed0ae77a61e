"""A registry on loopback, Debian's docker-registry, and what its own API says of what it has."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

USERS = "ada:$2y$05$OOwlmNGkygVk3icNUH7itunn3t.zYesx81K/gjxZkkJLo8lbvkffG\n"
"""As `htpasswd -B` writes it; the password is `lovelace`."""
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"


@contextlib.contextmanager
def registry(folder: Path, *, users: str = "") -> Iterator[str]:
    """A registry's address while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    settings = {
        "version": 0.1,
        "storage": {"filesystem": {"rootdirectory": str(folder / "blobs")}},
        "http": {"addr": address},
    }
    if users:
        (folder / "users").write_text(users)
        settings["auth"] = {"htpasswd": {"realm": "tests", "path": str(folder / "users")}}
    (folder / "registry.json").write_text(json.dumps(settings))  # YAML takes it
    command = ["docker-registry", "serve", str(folder / "registry.json")]
    with (folder / "registry.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        host, _, port = address.partition(":")
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection((host, int(port))):
                break
            threading.Event().wait(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def digest_in(address: str, name: str, tag: str, *, authorization: str = "") -> str:
    """What the registry calls the manifest."""
    with _answer(address, name, tag, MANIFEST, authorization) as answer:
        return str(answer.headers["Docker-Content-Digest"])


def index_in(
    address: str, name: str, tag: str, *, authorization: str = ""
) -> tuple[str, dict[str, Any]]:
    """(digest, document) of the image index."""
    with _answer(address, name, tag, INDEX, authorization) as answer:
        return str(answer.headers["Docker-Content-Digest"]), json.load(answer)


def _answer(address: str, name: str, tag: str, accepted: str, authorization: str) -> Any:
    request = urllib.request.Request(
        f"http://{address}/v2/{name}/manifests/{tag}", headers={"Accept": accepted}
    )
    if authorization:
        request.add_header("Authorization", authorization)
    return urllib.request.urlopen(request, timeout=10)
