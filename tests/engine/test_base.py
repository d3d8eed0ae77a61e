"""Slim images on the layers of other images: bases as distroless has them (sample_apps/distroless).
Trivy says which packages there are, the engine what the layers are."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.engine.conftest import OWN, Ran
from tests.engine.trivy import Found, trivy

pytestmark = pytest.mark.engine

SAMPLES = Path(__file__).resolve().parents[2] / "sample_apps"
NGINX = "slimmer-samples/nginx:latest"
SLIM = f"{OWN}-on-a-base:1"
OF_AN_IMAGE = ("Entrypoint", "Cmd", "Env", "User", "WorkingDir", "ExposedPorts", "StopSignal")


@pytest.fixture(scope="module")
def bases() -> dict[str, str]:
    """Name → reference."""
    command = [str(SAMPLES / "distroless"), "static", "base", "debug"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(line.split() for line in done.stdout.splitlines())


@pytest.fixture
def tidy(client: docker.DockerClient) -> Iterator[None]:
    yield
    for name in (SLIM, f"{SLIM}-debug"):
        if client.images.list(name):
            client.images.remove(name, force=True)


def layers(client: docker.DockerClient, name: str) -> list[str]:
    return list(client.images.get(name).attrs["RootFS"]["Layers"])


def packages(found: set[Found]) -> set[tuple[str, str]]:
    return {(each.name, each.version) for each in found if each.type == "deb"}


def saved(client: docker.DockerClient, name: str, folder: Path) -> Path:
    file = folder / f"{len(list(folder.iterdir()))}.tar"
    with file.open("wb") as stream:
        stream.writelines(client.images.get(name).save())
    return file


@pytest.mark.usefixtures("tidy")
def test_nginx_stands_on_a_base(
    slim: Callable[..., Ran], client: docker.DockerClient, bases: dict[str, str], tmp_path: Path
) -> None:
    base, archive = bases["distroless-base"], tmp_path / "slim.tar"
    ran = slim(
        *("build", NGINX, "--file", str(SAMPLES / "nginx/slim.yaml"), "--tag", SLIM, "--json"),
        *("--max-size", "100MB", "--output", str(archive), "--base", base),
        *("--base", "slimmer-samples/musl:latest", "--debug-from", bases["distroless-debug"]),
    )

    report: Any = ran.report
    told = report["base"]
    assert told["reference"] == base
    assert told["shared_size"] > told["added_size"] > 0
    (refused,) = told["rejected"]
    assert "is a system of musl" in refused["why"]
    own = layers(client, base)
    assert layers(client, SLIM)[: len(own)] == own
    assert layers(client, f"{SLIM}-debug")[: len(own)] == own
    before, after = (client.images.get(name).attrs["Config"] for name in (NGINX, SLIM))
    assert {key: before.get(key) for key in OF_AN_IMAGE} == {
        key: after.get(key) for key in OF_AN_IMAGE
    }

    scanner = trivy()
    of_slim, of_base = (
        packages(scanner.archive(saved(client, name, tmp_path))) for name in (SLIM, base)
    )
    names = {name for name, _ in of_slim}
    assert of_slim > of_base
    assert len(names) == len(of_slim), "no package is told of in two versions"
    assert "nginx" in names
    sbom = json.loads(Path(tmp_path, report["artifacts"]["sbom"]).read_text())
    listed = {(each["name"], each.get("version")) for each in sbom["components"]}
    # netbase has configuration files alone, of which a base without dpkg keeps no list.
    assert of_slim - listed <= {each for each in of_base if each[0] == "netbase"}
    with tarfile.open(archive) as tar:
        assert {f"blobs/sha256/{each[7:]}" for each in own} <= set(tar.getnames())


@pytest.mark.usefixtures("tidy")
def test_a_base_of_another_c_library_is_refused(
    slim: Callable[..., Ran], client: docker.DockerClient
) -> None:
    ran = slim(
        *("build", NGINX, "--file", str(SAMPLES / "nginx/slim.yaml"), "--tag", SLIM),
        *("--base", "slimmer-samples/musl:latest"),
    )
    assert ran.code == 50
    assert "is linked to glibc" in ran.stderr
    assert "ld-musl" in ran.stderr
    assert not client.images.list(SLIM)
