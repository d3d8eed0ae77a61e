"""The finished image: configuration, digests, archives, tags, and the report beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import jsonschema
import pytest

from slimmer.engine import connect
from slimmer.image import read_original
from slimmer.report import Report
from tests.engine.conftest import BUSYBOX, MINIMAL, Ran, command, exported, run_slim
from tests.schemas import schema

pytestmark = pytest.mark.engine

WHOLE_CONFIGURATION = f"""\
FROM {BUSYBOX}
RUN mkdir -p /www /data && echo hello >/www/index.html
ENV MODE=production EMPTY= QUOTED="two words"
LABEL org.example.team=search org.example.empty=""
EXPOSE 8080 9090/udp
VOLUME /data
STOPSIGNAL SIGINT
SHELL ["/bin/ash", "-ec"]
HEALTHCHECK --interval=7s --timeout=3s --start-period=2s --retries=5 CMD ["true"]
ONBUILD RUN echo built upon
WORKDIR /www
USER 1234:77
ENTRYPOINT ["/bin/busybox"]
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
"""
OF_THE_BUILD_CONTAINER = {"Hostname", "Domainname", "Image", "AttachStdin", "AttachStdout",
                          "AttachStderr", "Tty", "OpenStdin", "StdinOnce"}  # fmt: skip


@pytest.fixture(scope="module")
def whole(image: Callable[..., str]) -> str:
    """An image that sets every field of the configuration."""
    return image(WHOLE_CONFIGURATION)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the build that all tests of this module look at was made."""
    return tmp_path_factory.mktemp("build")


@pytest.fixture(scope="module")
def built(whole: str, folder: Path) -> Ran:
    """One build, with an archive beside it."""
    return run_slim(
        "build", whole, "--json", "--http-probe", "/", "--output", "images.tar",
        folder=folder, environment={"SOURCE_DATE_EPOCH": "1000000000"},
    )  # fmt: skip


def configuration(image: str) -> dict[str, Any]:
    """The image's configuration as `docker inspect` tells it, without what slimmer adds."""
    (description,) = json.loads(command("docker", "image", "inspect", image))
    config = {
        key: value
        for key, value in description["Config"].items()
        if key not in OF_THE_BUILD_CONTAINER
    }
    config["Labels"] = {
        key: value for key, value in config["Labels"].items() if not key.startswith("dev.slimmer.")
    }
    return config


@pytest.mark.parametrize("role", ["slim", "debug"])
def test_every_field_of_the_configuration(whole: str, built: Ran, role: str) -> None:
    original, finished = configuration(whole), configuration(built.report[role]["reference"])
    assert {key for key, value in original.items() if value} >= {
        "Cmd", "Entrypoint", "Env", "ExposedPorts", "Healthcheck", "Labels", "OnBuild", "Shell",
        "StopSignal", "User", "Volumes", "WorkingDir",
    }  # fmt: skip
    for key, value in original.items():
        assert finished.get(key) == value or (not value and not finished.get(key)), key
    assert {key for key, value in finished.items() if value} <= set(original)


def test_what_the_engine_names_is_what_was_computed(built: Ran) -> None:
    for role in ("slim", "debug"):
        image = built.report[role]
        (description,) = json.loads(command("docker", "image", "inspect", image["reference"]))
        assert description["Id"] == image["id"]
        assert description["RootFS"]["Layers"] == [layer["digest"] for layer in image["layers"]]
        assert description["Architecture"] == built.report["original"]["architecture"]


def test_nothing_is_younger_than_source_date_epoch(built: Ran, client: docker.DockerClient) -> None:
    reference = built.report["slim"]["reference"]
    (description,) = json.loads(command("docker", "image", "inspect", reference))
    assert description["Created"].startswith("2001-09-09T01:46:40")
    files = exported(client, reference)
    assert files["/bin/busybox"].mtime == files["/www/index.html"].mtime == 1_000_000_000


def test_the_report_is_told_and_written(built: Ran, folder: Path) -> None:
    report = built.report
    jsonschema.validate(report, schema(Report))
    assert json.loads((folder / report["artifacts"]["report"]).read_text()) == report
    page = (folder / report["artifacts"]["page"]).read_text()
    assert page.startswith("<!doctype html>")
    assert report["slim"]["reference"] in page
    assert (folder / report["artifacts"]["trace"]).stat().st_size > 0


def test_the_archive_can_be_loaded(
    built: Ran, folder: Path, client: docker.DockerClient, whole: str
) -> None:
    """Under its names, with the same ids, into an engine that has neither."""
    references = {role: built.report[role]["reference"] for role in ("slim", "debug")}
    for reference in references.values():
        client.images.remove(reference, force=True)
    command("docker", "load", "--input", str(folder / "images.tar"))
    for role, reference in references.items():
        loaded = command("docker", "image", "inspect", "--format", "{{.Id}}", reference)
        assert loaded.strip() == built.report[role]["id"]
    assert command("docker", "run", "--rm", references["slim"], "cat", "index.html") == "hello\n"


def test_the_same_build_gives_the_same_bytes(
    built: Ran, slim: Callable[..., Ran], whole: str, tmp_path: Path
) -> None:
    """An OCI layout this time: every blob is what its name says, and the images are the same."""
    ran = slim(
        "build", whole, "--json", "--http-probe", "/", "--output", "layout/",
        environment={"SOURCE_DATE_EPOCH": "1000000000"},
    )  # fmt: skip
    first, second = built.report, ran.report
    for role in ("slim", "debug"):
        assert second[role]["id"] == first[role]["id"]
        assert second[role]["manifest_digest"] == first[role]["manifest_digest"]
    blobs = sorted((tmp_path / "layout" / "blobs" / "sha256").iterdir())
    sums = command("sha256sum", *map(str, blobs)).splitlines()
    assert [line.split()[0] for line in sums] == [blob.name for blob in blobs]
    index = json.loads((tmp_path / "layout" / "index.json").read_text())
    listed = {second[role]["manifest_digest"] for role in ("slim", "debug")}
    entries = index["manifests"]
    assert {each["digest"] for each in entries if "artifactType" not in each} == listed
    about = [each["annotations"] for each in entries if "artifactType" in each]
    assert {each["vnd.docker.reference.digest"] for each in about} == listed


def test_a_second_build_moves_only_its_own_tags(
    slim: Callable[..., Ran], image: Callable[..., str], client: docker.DockerClient
) -> None:
    name = image(f'FROM {BUSYBOX}\nRUN touch /extra\nCMD ["true"]\n')
    client.images.get(name).tag(f"{name}-also")
    before = client.images.get(name)
    first = slim("build", name, *MINIMAL).report
    second = slim("build", name, *MINIMAL, "--include", "/extra").report
    assert first["slim"]["reference"] == second["slim"]["reference"] == f"{name}-slim"
    assert first["slim"]["id"] != second["slim"]["id"]
    assert client.images.get(f"{name}-slim").id == second["slim"]["id"]
    after = client.images.get(name)
    assert (after.id, sorted(after.tags)) == (before.id, sorted([name, f"{name}-also"]))
    client.images.remove(f"{name}-also")


def test_an_image_named_by_its_id_and_a_tag_of_the_users(
    slim: Callable[..., Ran], image: Callable[..., str], client: docker.DockerClient
) -> None:
    name = image(f'FROM {BUSYBOX}\nRUN touch /other\nCMD ["true"]\n')
    wanted = f"{name.partition(':')[0]}/small:1"
    identity = client.images.get(name).id
    report = slim("build", identity, "--json", "--tag", wanted, "--max-size", "100MB").report
    assert report["slim"]["reference"] == wanted
    assert report["debug"]["reference"] == f"{wanted}-debug"
    assert client.images.get(wanted).id == report["slim"]["id"]


def test_the_summary_is_for_people(slim: Callable[..., Ran], image: Callable[..., str]) -> None:
    """Without --json: the result on stdout, the talk on stderr; with --quiet no talk at all."""
    name = image(f'FROM {BUSYBOX}\nRUN touch /another\nCMD ["true"]\n')
    ran = slim("build", name, "--no-debug")
    assert ran.code == 0, ran.stderr
    assert f"{name}-slim" in ran.stdout
    assert "trace done" in ran.stderr
    quiet = slim("build", name, "--no-debug", "--quiet")
    assert (quiet.code, quiet.stderr, quiet.stdout.count("\n")) == (0, "", 1)


def test_what_the_builder_copied_is_read_off_the_engines_history(
    image: Callable[..., str],
) -> None:
    name = image(
        f"FROM {BUSYBOX}\nWORKDIR /srv\nCOPY late shop/\nCOPY --chown=1:1 Dockerfile /recipe\n",
        {"late/page.html": b"late"},
    )
    engine = connect()
    try:
        original = read_original(name, engine.inspect_image(name), engine.image_history(name))
    finally:
        engine.close()
    assert [each.destination for each in original.copied][-2:] == ["/srv/shop", "/recipe"]
