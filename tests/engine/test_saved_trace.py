"""A saved trace builds the image that the traced run built, and nothing of the original runs."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from slimmer.build import build_image
from slimmer.image import PURPOSE_LABEL
from slimmer.options import BuildOptions, DebugImage
from slimmer.probing.kinds import http_probe
from slimmer.progress import console_progress
from slimmer.values import Strategy
from tests.engine.conftest import BUSYBOX, MINIMAL, OWN, Ran, events_since, listed, run_slim

pytestmark = pytest.mark.engine

IMAGE = f"""\
FROM {BUSYBOX}
COPY start /start
RUN mkdir -p /www/inner && echo hello >/www/inner/page && ln -s inner/page /www/link && \\
    touch /www/unused
EXPOSE 8080
CMD ["/start"]
"""
START = b"""\
#!/bin/sh
echo $$ >/tmp/pid.$$
cat /proc/$$/stat >/dev/null
exec httpd -f -p 8080 -h /www
"""
FLASK = "slimmer-samples/flask:latest"
PROBES = ("--http-probe", "/link", "--exec-probe", "cat /www/inner/page")


@pytest.fixture(scope="module")
def server(image: Callable[..., str]) -> str:
    return image(IMAGE, {"start": START})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("build")


@pytest.fixture(scope="module")
def built(server: str, folder: Path) -> Ran:
    """A traced build that saves its trace as `app.trace` in `folder`."""
    return run_slim("build", server, *MINIMAL, *PROBES, "--save-trace", "app.trace", folder=folder)


@pytest.fixture
def file(built: Ran, folder: Path, tmp_path: Path) -> Path:
    """A copy of the saved trace, in the test's own folder."""
    assert built.code == 0, built.stderr
    shutil.copy(folder / "app.trace", tmp_path)
    return tmp_path / "app.trace"


def without_phases(file: Path) -> dict[bytes, set[bytes]]:
    """Line of a saved trace → the uses that follow it; without the checksum."""
    uses: dict[bytes, set[bytes]] = {}
    line = b""
    for each in file.read_bytes().splitlines()[:-1]:
        if each.startswith(b"\t"):
            uses[line].add(each.split(b"\t", 2)[2])
        else:
            line = each
            uses[line] = set()
    return uses


def loads(client: docker.DockerClient, since: float) -> set[str]:
    """The ids of the images that were loaded."""
    return {event["id"] for event in events_since(client, since) if event.get("Action") == "load"}


def roles_started(client: docker.DockerClient, image: str | None, since: float) -> set[str]:
    """The roles of all containers that were started of an image, as the engine's events say."""
    started = set()
    for event in events_since(client, since):
        if event.get("Type") == "container" and event.get("Action") == "start":
            attributes = event["Actor"]["Attributes"]
            if attributes["image"] == image:
                started.add(attributes[PURPOSE_LABEL])
    return started


def test_the_same_image_without_running_the_original(
    client: docker.DockerClient, slim: Callable[..., Ran], built: Ran, server: str, file: Path
) -> None:
    original = client.images.get(server).id
    since = time.time()
    ran = slim("build", server, *MINIMAL, "--from-trace", "app.trace")
    assert ran.report["slim"]["id"] == built.report["slim"]["id"]
    assert ran.report["slim"]["layers"] == built.report["slim"]["layers"]
    assert roles_started(client, original, since) == {"files"}


def test_images_that_passed_are_not_run_again(
    client: docker.DockerClient, slim: Callable[..., Ran], built: Ran, server: str, file: Path
) -> None:
    identity = built.report["slim"]["id"]
    since = time.time()
    again = slim("build", server, *MINIMAL, "--from-trace", "app.trace")
    assert again.report["trace_file"]["passed"]
    assert again.report["verification"] == "content"
    assert roles_started(client, identity, since) == set()

    asked = slim("build", server, *MINIMAL, "--from-trace", "app.trace", "--verify", "status")
    assert asked.passed("slim") == ["GET /link", "exec cat /www/inner/page"]
    assert roles_started(client, identity, since) == {"files", "slim"}
    assert not asked.report["trace_file"]["passed"]


@pytest.mark.parametrize(
    "other", [("--env", "MODE=test"), ("--http-probe", "/link"), ("--include", "/www/unused")]
)
def test_another_image_or_another_question_is_tested(
    slim: Callable[..., Ran], built: Ran, server: str, file: Path, other: tuple[str, str]
) -> None:
    ran = slim("build", server, *MINIMAL, "--from-trace", "app.trace", *other)
    assert not ran.report["trace_file"]["passed"]
    assert "GET /link" in ran.passed("slim")


def test_a_build_without_any_trace_file_gives_it_too(
    slim: Callable[..., Ran], built: Ran, server: str
) -> None:
    ran = slim("build", server, *MINIMAL, *PROBES)
    assert ran.report["slim"]["id"] == built.report["slim"]["id"]


def test_an_image_that_the_engine_has_is_not_loaded_again(
    client: docker.DockerClient, slim: Callable[..., Ran], server: str, file: Path
) -> None:
    build = ("build", server, *MINIMAL, "--from-trace", "app.trace", "--tag", f"{server}-again")
    identity = slim(*build).report["slim"]["id"]
    since = time.time()
    assert slim(*build).report["slim"]["id"] == identity
    assert identity not in loads(client, since)
    assert client.images.get(f"{server}-again").id == identity

    client.images.remove(f"{server}-again")
    for image in listed(client):
        if image.id == identity:
            for tag in image.tags:
                client.images.remove(tag)
    since = time.time()
    assert slim(*build).report["slim"]["id"] == identity
    assert identity in loads(client, since)


def test_the_witness_sees_a_traced_run(
    client: docker.DockerClient, slim: Callable[..., Ran], server: str, file: Path
) -> None:
    """And a second run saves the same, whatever it called its files. A child of the server goes on
    for a moment behind its answer, so its last steps may count for the next phase."""
    since = time.time()
    ran = slim("build", server, *MINIMAL, *PROBES, "--save-trace", "again.trace")
    assert ran.code == 0, ran.stderr
    assert {"target", "sidecar", "files"} <= roles_started(
        client, client.images.get(server).id, since
    )
    assert without_phases(file.parent / "again.trace") == without_phases(file)


def test_a_failing_build_can_be_repeated_from_its_trace(
    slim: Callable[..., Ran], built: Ran, server: str, tmp_path: Path
) -> None:
    failed = slim(
        "build", server, *MINIMAL, *PROBES, "--save-trace", "app.trace", "--exclude", "/www/inner"
    )
    assert failed.code == 13, failed.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"app.trace", "slim-report"}
    repeated = slim("build", server, *MINIMAL, "--from-trace", "app.trace")
    assert repeated.report["slim"]["id"] == built.report["slim"]["id"]


def test_the_users_probes_decide_what_is_tested(
    slim: Callable[..., Ran], built: Ran, server: str, file: Path
) -> None:
    (file.parent / "slim.yaml").write_text(
        f"image: {server}\nfrom_trace: app.trace\nprobes: [{{http: /link}}, {{http: /}}]\n"
        "strategy: minimal\ndebug: false\n"
    )
    ran = slim("build", "--json")
    # The folder has no index.html, so the server answers 404 as the original would.
    assert ran.code == 13, ran.stderr
    assert "not among the trace's probes: GET /;" in ran.stderr
    assert "not among the trace's probes: GET /link" not in ran.stderr


@pytest.fixture(scope="module")
def changed(image: Callable[..., str]) -> str:
    """Another build of the server: another page and start script, no inner link, another system."""
    dockerfile = IMAGE.replace("hello", "goodbye").replace(" && ln -s inner/page /www/link", "")
    dockerfile = dockerfile.replace(
        "EXPOSE", "RUN cp -a /bin/busybox /b && echo >>/b && mv -f /b /bin/busybox\nEXPOSE"
    )
    return image(dockerfile, {"start": START + b"\n"})


def test_secrets_of_probes_are_not_in_the_trace(slim: Callable[..., Ran], server: str) -> None:
    """What needs one is asked by a build that is given it again, and by no other."""
    probe = "GET:/link?token=s3cr3t-tea"
    given = ("--http-probe", "/inner/page", "--http-probe", probe)
    saved = slim("build", server, *MINIMAL, *given, "--save-trace", "app.trace")
    names = saved.passed("slim")
    assert len(names) == 2
    assert any("app.trace has the probe" in note for note in saved.notes)
    shown = slim("trace", "show", "app.trace")
    assert "(hidden)" in shown.stdout
    assert "s3cr3t-tea" not in shown.stdout
    asked = ("--from-trace", "app.trace", "--verify", "status")
    alone = slim("build", server, *MINIMAL, *asked)
    assert alone.passed("slim") == names[:1]
    assert any("the trace has no secrets" in note for note in alone.notes)
    again = slim("build", server, *MINIMAL, *given, *asked)
    assert again.passed("slim") == names
    assert not any("not among the trace's probes" in note for note in again.notes)


def test_the_trace_of_another_original_is_refused(
    client: docker.DockerClient, slim: Callable[..., Ran], changed: str, file: Path
) -> None:
    since = time.time()
    ran = slim("build", changed, *MINIMAL, "--from-trace", "app.trace")
    assert ran.code == 26
    assert "system: /bin/busybox has changed" in " ".join(ran.stderr.split())
    assert "--allow-drift" in ran.stderr
    assert roles_started(client, client.images.get(changed).id, since) == {"files"}


def test_drift_is_reported_where_it_is_allowed(
    slim: Callable[..., Ran], changed: str, file: Path
) -> None:
    ran = slim(
        "build", changed, *MINIMAL, "--from-trace", "app.trace", "--allow-drift",
        "--exec-probe", "cat /start",
    )  # fmt: skip
    # The trace knows no such probe, so nobody knows what the original would say to it.
    assert [test["image"] for test in ran.report["tests"] if test["probes"]] == ["slim"]
    drift = ran.report["trace_file"]["drift"]
    assert [each for each in drift if each["layer"] == "application"] == [
        {"path": "/start", "change": "content", "layer": "application"},
        {"path": "/www/inner/page", "change": "content", "layer": "application"},
        {"path": "/www/link", "change": "gone", "layer": "application"},
    ]
    assert "/bin/busybox (content)" in " ".join(ran.stderr.split())


def test_traces_are_merged_and_shown(
    slim: Callable[..., Ran], server: str, file: Path, tmp_path: Path
) -> None:
    more = slim("build", server, *MINIMAL, "--http-probe", "/unused", "--save-trace", "more.trace")
    assert more.code == 0, more.stderr
    merged = slim("trace", "merge", "app.trace", "more.trace", "app.trace", "-o", "all.trace")
    assert merged.code == 0, merged.stderr
    assert "3 runs" in merged.stderr
    shown = slim("trace", "show", "all.trace").stdout
    assert "in 3 runs by fanotify and notify" in shown
    assert "      1  /www/unused" in shown.splitlines()
    assert "      2  /www/link" in shown.splitlines()
    listed = slim("trace", "show", "all.trace", "--paths").stdout
    assert "/www/unused  file  open by /bin/busybox in boot (notify)  1 of 3 runs" in listed

    ran = slim("build", server, *MINIMAL, "--from-trace", "all.trace")
    assert ran.passed("slim") == ["GET /link", "exec cat /www/inner/page", "GET /unused"]
    unstable = {each["path"]: each["runs"] for each in ran.report["trace_file"]["unstable"]}
    assert unstable["/www/unused"] == 1
    assert "/start" not in unstable


def test_traces_of_different_originals_are_not_merged(
    slim: Callable[..., Ran], changed: str, file: Path
) -> None:
    other = slim(
        "build", changed, *MINIMAL, "--http-probe", "/inner/page", "--save-trace", "other.trace"
    )
    assert other.code == 0, other.stderr
    merge = ("trace", "merge", "app.trace", "other.trace", "-o", "all.trace")
    refused = slim(*merge)
    assert refused.code == 26
    assert "traces of different originals" in refused.stderr
    assert not (file.parent / "all.trace").exists()
    assert slim(*merge, "--allow-drift").code == 0


def test_the_sensors_own_file_is_no_saved_trace(
    slim: Callable[..., Ran], built: Ran, server: str, folder: Path
) -> None:
    raw = str(folder / built.report["artifacts"]["trace"])
    for arguments in (
        ("trace", "merge", raw, "-o", "x.trace"),
        ("trace", "show", raw),
        ("build", server, *MINIMAL, "--from-trace", raw),
    ):
        ran = slim(*arguments)
        assert ran.code == 12
        assert "`slim debug trace` prints it" in ran.stderr


def test_a_place_that_cannot_be_written_to(
    slim: Callable[..., Ran], server: str, tmp_path: Path
) -> None:
    ran = slim("build", server, *MINIMAL, *PROBES, "--save-trace", "no/such/folder/app.trace")
    assert ran.code == 2
    assert "no/such/folder" in ran.stderr


def test_repairs_are_in_the_saved_trace(image: Callable[..., str], tmp_path: Path) -> None:
    """A build from it has from the start what the traced build was seen to miss."""
    name = image(IMAGE.replace("EXPOSE", "RUN echo needed >/needed\nEXPOSE"), {
        "start": START.replace(b"exec", b"cat /needed || exit 3\nexec"),
    })  # fmt: skip
    options = BuildOptions(
        image=name,
        probes=(http_probe("/link"),),
        strategy=Strategy.MINIMAL,
        debug=DebugImage.NONE,
        withheld=("/needed",),
        report_directory=tmp_path / "report",
        save_trace=tmp_path / "app.trace",
    )
    quiet = console_progress(sys.stderr, quiet=True)
    repaired = build_image(options, quiet)
    assert repaired.repair is not None
    assert [each.path for each in repaired.repair.paths] == ["/needed"]

    again = dataclasses.replace(options, save_trace=None, from_trace=options.save_trace)
    built = build_image(again, quiet)
    assert built.repair is None
    assert repaired.slim is not None
    assert built.slim is not None
    assert built.slim.id == repaired.slim.id


def test_flask_is_built_alike(client: docker.DockerClient, slim: Callable[..., Ran]) -> None:
    common = ("build", FLASK, "--no-debug", "--json", "--tag")
    names = [f"{OWN}-flask:{way}" for way in ("traced", "recalled")]
    try:
        traced = slim(
            *common, names[0], "--http-probe", "/health", "--http-probe", "/",
            "--save-trace", "flask.trace",
        )  # fmt: skip
        recalled = slim(*common, names[1], "--from-trace", "flask.trace")
        assert recalled.report["slim"]["id"] == traced.report["slim"]["id"]
        assert recalled.report["trace_file"]["passed"]
        kept = [{entry["path"] for entry in ran.report["kept"]} for ran in (traced, recalled)]
        assert kept[0] == kept[1]
    finally:
        for name in names:
            with contextlib.suppress(docker.errors.ImageNotFound):
                client.images.remove(name, force=True)
