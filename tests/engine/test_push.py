"""`slim build --push` to a real registry on loopback, Debian's docker-registry. What it got is said
by its own API, and by the engine."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from slimmer.image import ORIGINAL_LABEL
from tests.engine.conftest import BUSYBOX, MINIMAL, Ran
from tests.engine.registry import USERS, digest_in, registry

pytestmark = pytest.mark.engine

DOCKERFILE = f"""\
FROM {BUSYBOX}
RUN mkdir /www && echo hello >/www/index.html
EXPOSE 8080
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
"""


@pytest.fixture(scope="module")
def original(image: Callable[..., str]) -> str:
    return image(DOCKERFILE)


@pytest.fixture
def tagged(client: docker.DockerClient) -> Iterator[list[str]]:
    """Names that go with the test."""
    names: list[str] = []
    yield names
    for name in names:
        with contextlib.suppress(docker.errors.ImageNotFound):
            client.images.remove(name, force=True)


def known_to_engine(client: docker.DockerClient, name: str) -> list[str]:
    return [each.partition("@")[2] for each in client.images.get(name).attrs["RepoDigests"]]


def test_both_images_are_where_their_names_say(
    slim: Callable[..., Ran],
    original: str,
    tmp_path: Path,
    client: docker.DockerClient,
    tagged: list[str],
) -> None:
    with registry(tmp_path) as address:
        tagged += [f"{address}/team/app:1", f"{address}/team/app:1-debug"]
        ran = slim("build", original, "--tag", tagged[0], "--push-debug", "--json")
        pushed = {each["reference"]: each["digest"] for each in ran.report["pushed"]}
        assert list(pushed) == tagged
        for reference, tag in zip(tagged, ("1", "1-debug"), strict=True):
            assert digest_in(address, "team/app", tag) == pushed[reference]
            assert pushed[reference] in known_to_engine(client, reference)
    report = json.loads(Path(tmp_path, ran.report["artifacts"]["report"]).read_text())
    assert report == ran.report
    assert "push" in [stage["stage"] for stage in report["stages"]]
    assert "push done in" in ran.stderr


def test_credentials_come_from_where_docker_has_them(
    slim: Callable[..., Ran],
    original: str,
    tmp_path: Path,
    client: docker.DockerClient,
    tagged: list[str],
) -> None:
    """Without any the registry refuses; the image is in the engine all the same."""
    own, programs = tmp_path / "own", tmp_path / "programs"
    own.mkdir()
    programs.mkdir()
    helper = programs / "docker-credential-tests"
    helper.write_text(
        '#!/bin/sh\ncat >/dev/null\nprintf \'{"Username":"ada","Secret":"%s"}\' "$SECRET"\n'
    )
    helper.chmod(0o755)
    variables = {
        "DOCKER_CONFIG": str(own),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "SECRET": "lovelace",
    }
    with registry(tmp_path, users=USERS) as address:
        tagged += [f"{address}/team/app:1"]
        build = ("build", original, "--tag", tagged[0], "--push", *MINIMAL)

        ran = slim(*build, environment={**variables})
        assert ran.code == 51, ran.stderr
        assert f"{address} refuses" in ran.stderr
        assert "the images are in the engine" in ran.stderr
        assert client.images.get(tagged[0])
        place = next(tmp_path.glob("slim-report/*/report.json"))
        report = json.loads(place.read_text())
        assert (report["exit_code"], report["pushed"]) == (51, [])
        assert report["slim"]["reference"] == tagged[0]
        assert str(place.relative_to(tmp_path)) in ran.stderr

        (own / "config.json").write_text(json.dumps({"credHelpers": {address: "tests"}}))
        assert slim(*build, environment={**variables, "SECRET": "byron"}).code == 51
        ran = slim(*build, environment=variables)
        (pushed,) = ran.report["pushed"]
        basic = "Basic " + base64.b64encode(b"ada:lovelace").decode()
        assert digest_in(address, "team/app", "1", authorization=basic) == pushed["digest"]


@pytest.mark.usefixtures("only_cleaner")  # its workers clean when they start
def test_a_fleet_of_what_a_registry_has(
    slim: Callable[..., Ran],
    original: str,
    tmp_path: Path,
    client: docker.DockerClient,
    tagged: list[str],
) -> None:
    """Its names are listed, and what the engine lacks is pulled, both by a user with a password."""
    user = {"username": "ada", "password": "lovelace"}
    basic = base64.b64encode(b"ada:lovelace").decode()
    with registry(tmp_path, users=USERS) as address:
        (tmp_path / "config.json").write_text(json.dumps({"auths": {address: {"auth": basic}}}))
        for tag in ("1", "1-slim"):
            client.images.get(original).tag(f"{address}/team/app", tag)
            client.images.push(f"{address}/team/app", tag, auth_config=user)
            client.images.remove(f"{address}/team/app:{tag}")
        tagged += [f"{address}/team/app:1", f"{address}/team/app:1-slim"]
        fleet = {
            "registry": [f"{address}/team/*:*"],
            "defaults": {"strategy": "minimal", "debug": False},
            "share": "off",
        }
        (tmp_path / "fleet.yaml").write_text(json.dumps(fleet))
        ran = slim("fleet", environment={"DOCKER_CONFIG": str(tmp_path)})
        assert ran.code == 0, ran.stderr
    (built,) = json.loads((tmp_path / "slim-fleet" / "fleet.json").read_text())["builds"]
    assert (built["image"], built["status"]) == (tagged[0], "built")
    assert client.images.get(tagged[1]).labels[ORIGINAL_LABEL] == client.images.get(tagged[0]).id


def test_a_registry_that_is_not_there_or_breaks_off(
    slim: Callable[..., Ran], original: str, client: docker.DockerClient, tagged: list[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        tagged += [f"{address}/team/app:1"]

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                while True:
                    server.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        ran = slim("build", original, "--tag", tagged[0], "--push", *MINIMAL)
        assert ran.code == 52, ran.stderr
        server.shutdown(socket.SHUT_RDWR)
    assert client.images.get(tagged[0])
    ran = slim("build", original, "--tag", tagged[0], "--push", *MINIMAL)
    assert ran.code == 52, ran.stderr
    assert f"docker push {tagged[0]}" in ran.stderr
    assert client.images.get(tagged[0])


def test_a_name_without_a_registry_is_refused_before_anything_runs(
    slim: Callable[..., Ran], original: str
) -> None:
    ran = slim("build", original, "--tag", "small:1", "--push")
    assert ran.code == 2
    assert "--tag registry.example/small:1" in ran.stderr
    assert "trace" not in ran.stderr
