"""`slim build` for several platforms: what the engine, a registry and an OCI layout have then.

The image for arm64 is the other one with another word in its configuration, so that no compiler is
needed. Whether anything runs programs for arm64 here, the kernel says.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from slimmer.trace.run.processor import smallest_program
from tests.engine.conftest import BUSYBOX, OWN, Ran, remove_with_results
from tests.engine.registry import USERS, digest_in, index_in, registry

pytestmark = pytest.mark.engine

DOCKERFILE = f"""\
FROM {BUSYBOX}
RUN mkdir /www && echo hello >/www/index.html && echo more >/www/more.html
EXPOSE 8080
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
"""
HERE = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
THERE = {"amd64": "arm64", "arm64": "amd64"}[HERE]
BASIC = base64.b64encode(b"ada:lovelace").decode()


@pytest.fixture(scope="module")
def original(image: Callable[..., str]) -> str:
    return image(DOCKERFILE)


@pytest.fixture(scope="module")
def foreign(original: str, client: docker.DockerClient) -> Iterator[str]:
    """The same image, for other processors by its own words."""
    name = f"{OWN}-foreign:latest"
    content = io.BytesIO(b"".join(client.images.get(original).save()))
    made = io.BytesIO()
    with (
        tarfile.open(fileobj=content) as saved,
        tarfile.open(fileobj=made, mode="w") as archive,
    ):
        (entry,) = json.load(saved.extractfile("manifest.json"))  # type: ignore[arg-type]
        config = json.load(saved.extractfile(entry["Config"]))  # type: ignore[arg-type]
        document = json.dumps({**config, "architecture": THERE}).encode()
        place = f"{hashlib.sha256(document).hexdigest()}.json"
        blobs = {each: saved.extractfile(each).read() for each in entry["Layers"]}  # type: ignore[union-attr]
        manifest = [{**entry, "Config": place, "RepoTags": [name]}]
        for path, data in {
            **blobs, place: document, "manifest.json": json.dumps(manifest).encode(),
        }.items():  # fmt: skip
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    client.images.load(made.getvalue())
    yield name
    remove_with_results(client, name)


@pytest.fixture
def built(original: str, foreign: str) -> tuple[str, ...]:
    return (
        "build", original, f"--platform=linux/{HERE},linux/{THERE}={foreign}", "--http-probe",
        "/more.html", "--no-debug", "--json",
    )  # fmt: skip


@pytest.fixture
def tagged(client: docker.DockerClient) -> Iterator[Callable[[str], str]]:
    """Makes a name; the names of all platforms go with the test."""
    names: list[str] = []

    def name(text: str) -> str:
        names.append(text)
        return text

    yield name
    for each in names:
        for suffix in ("", f"-linux-{HERE}", f"-linux-{THERE}"):
            with contextlib.suppress(docker.errors.ImageNotFound):
                client.images.remove(each + suffix, force=True)


def blob(layout: Path, digest: str) -> dict[str, Any]:
    data = layout.joinpath("blobs", *digest.split(":")).read_bytes()
    assert hashlib.sha256(data).hexdigest() == digest.partition(":")[2]
    found: dict[str, Any] = json.loads(data)
    return found


def is_emulated(folder: Path) -> bool:
    """What the kernel does with a program for the other processors."""
    program = folder / "program"
    program.write_bytes(smallest_program(THERE))
    program.chmod(0o755)
    try:
        return subprocess.run([program], check=False).returncode == 0
    except OSError:
        return False


def test_an_index_in_a_registry_and_in_a_layout(
    slim: Callable[..., Ran],
    built: tuple[str, ...],
    tmp_path: Path,
    client: docker.DockerClient,
    tagged: Callable[[str], str],
) -> None:
    (tmp_path / "config.json").write_text("{}")
    with registry(tmp_path, users=USERS) as address:
        login = {"auths": {address: {"auth": BASIC}}}
        (tmp_path / "config.json").write_text(json.dumps(login))
        name = tagged(f"{address}/team/app:1")
        ran = slim(
            *built, "--tag", name, "--push", "--output", "layout/",
            environment={"DOCKER_CONFIG": str(tmp_path)},
        )  # fmt: skip
        assert ran.code == 0, ran.stderr
        report = json.loads(ran.stdout)
        here, there = report["platforms"]
        assert [each["slim"] for each in (here, there)] == [
            f"{name}-linux-{HERE}", f"{name}-linux-{THERE}",
        ]  # fmt: skip
        assert here["verification"] == "content"
        if is_emulated(tmp_path):
            assert there["verification"] == "content"
        else:
            assert there["verification"] == "impossible"
            assert f"linux/{THERE} │ made from the trace of another platform" in ran.stderr
            assert "error:" not in ran.stderr
        assert any(f"linux/{THERE}" in note for note in there["notes"])

        in_layout, in_registry = report["indexes"]
        digest, document = index_in(address, "team/app", "1", authorization=f"Basic {BASIC}")
        assert digest == in_registry["digest"]
        assert [each["platform"] for each in document["manifests"]] == [
            {"os": "linux", "architecture": HERE}, {"os": "linux", "architecture": THERE},
        ]  # fmt: skip
        assert [each["digest"] for each in document["manifests"]] == [
            digest_in(address, "team/app", f"1-linux-{each}", authorization=f"Basic {BASIC}")
            for each in (HERE, THERE)
        ]

        own = client.images.get(here["slim"]).id
        client.images.remove(here["slim"], force=True)
        client.images.pull(
            f"{address}/team/app", "1", auth_config={"username": "ada", "password": "lovelace"}
        )
        assert client.images.get(name).id == own

    layout = tmp_path / "layout"
    listed = json.loads((layout / "index.json").read_text())["manifests"]
    assert listed[0]["annotations"] == {"org.opencontainers.image.ref.name": name}
    assert listed[0]["digest"] == in_layout["digest"]
    images = [
        each
        for each in blob(layout, listed[0]["digest"])["manifests"]
        if each["platform"]["os"] == "linux"
    ]
    configs = [
        blob(layout, blob(layout, each["digest"])["config"]["digest"])["architecture"]
        for each in images
    ]
    assert configs == [each["platform"]["architecture"] for each in images] == [HERE, THERE]
    assert not list(tmp_path.glob(".layout*"))


def test_a_cache_of_traces_does_for_all_platforms(
    slim: Callable[..., Ran], built: tuple[str, ...], tagged: Callable[[str], str], tmp_path: Path
) -> None:
    name = tagged(f"{OWN}-platforms:2")
    words = (*built, "--tag", name, "--cache-dir", "cache")
    first, second = (json.loads(slim(*words).stdout)["platforms"] for _ in range(2))
    there = ("content", "before") if is_emulated(tmp_path) else ("impossible", "impossible")
    assert [each["verification"] for each in first] == ["content", there[0]]
    assert [each["verification"] for each in second] == ["before", there[1]]


def test_one_that_fails_makes_no_index(
    slim: Callable[..., Ran],
    original: str,
    tmp_path: Path,
    client: docker.DockerClient,
    tagged: Callable[[str], str],
) -> None:
    name = tagged(f"{OWN}-platforms:1")
    ran = slim(
        "build", original, f"--platform=linux/{HERE},linux/{THERE}", "--http-probe", "/",
        "--no-debug", "--tag", name, "--output", "layout/",
    )  # fmt: skip
    assert ran.code == 2
    assert f"error: linux/{THERE}: {original} is for linux/{HERE}" in ran.stderr
    assert f"--platform linux/{THERE}=IMAGE" in ran.stderr
    assert client.images.get(f"{name}-linux-{HERE}")
    assert not (tmp_path / "layout").exists()
    assert not list(tmp_path.glob(".layout*"))
    assert all(any(each.iterdir()) for each in (tmp_path / "slim-report").iterdir())


def test_tools_for_other_processors_are_no_debug_image(
    slim: Callable[..., Ran], foreign: str
) -> None:
    ran = slim("build", foreign, "--http-probe", "/", "--debug-from", BUSYBOX)
    assert ran.code == 2
    assert f"--debug-from: {BUSYBOX} is for linux/{HERE}, and {foreign} for linux/{THERE}" in (
        ran.stderr
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--platform=linux/amd64,linux/amd64",), "is named twice"),
        (("--platform=linux/amd64,linux/arm64", "--output=app.tar"), "has one platform"),
        (("--platform=linux/amd64,linux/arm64", "--seccomp=a.json"), "one platform at a time"),
        (
            ("--platform=linux/amd64,linux/arm64", "--engine=linux/s390x=ssh://host"),
            "nothing is built for linux/s390x",
        ),
        (
            ("--platform=linux/amd64,linux/arm64", "--tag=my-app:1", "--push"),
            "hint: give it one, as in `--tag registry.example/my-app:1`",
        ),
    ],
)
def test_what_cannot_be_done_for_several(
    slim: Callable[..., Ran], original: str, arguments: tuple[str, ...], words: str
) -> None:
    ran = slim("build", original, *arguments)
    assert ran.code == 2
    assert words in ran.stderr
    assert " │ " not in ran.stderr


def test_an_interrupted_build_names_what_was_done_before(
    original: str, foreign: str, tagged: Callable[[str], str], tmp_path: Path
) -> None:
    """The image of the one platform, while that of the other is made from its trace."""
    name = tagged(f"{OWN}-done:1")
    options = (
        f"--platform=linux/{HERE},linux/{THERE}={foreign}",
        "--http-probe=/more.html",
        "--no-debug",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "slimmer", "build", original, *options, f"--tag={name}"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stderr is not None
    with process:
        for line in process.stderr:
            if "│ made from the trace of another platform" in line:
                break
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130, said
    assert f"done before that, and kept: {name}-linux-{HERE}\n" in said


def test_of_a_compose_file_the_image_has_to_be_named(
    slim: Callable[..., Ran], original: str, tmp_path: Path
) -> None:
    (tmp_path / "compose.yaml").write_text(json.dumps({"services": {"web": {"image": original}}}))
    words = ("build", "--compose=compose.yaml", "--platform=linux/amd64,linux/arm64")
    ran = slim(*words, "--service=web", "--http-probe=/")
    assert ran.code == 2
    assert "slim build IMAGE --compose FILE" in ran.stderr
