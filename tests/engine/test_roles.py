"""An image with a server, a worker and a job: each is traced and tested, one image serves all."""

from __future__ import annotations

import contextlib
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest
from docker.models.containers import Container

from slimmer.build import build_image
from slimmer.options import BuildOptions, DebugImage, Role
from slimmer.probing.kinds import exec_probe, http_probe
from slimmer.progress import console_progress
from slimmer.values import RunOptions, Strategy
from tests.engine.conftest import BUSYBOX, Ran, State, exported, run_slim

pytestmark = pytest.mark.engine

IMAGE = f"""\
FROM {BUSYBOX}
COPY worker migrate /
RUN mkdir /www /queue /schema && echo page >/www/page && echo job >/queue/job && \\
    echo table >/schema/table && echo never >/www/unused && echo later >/queue/later
EXPOSE 8080
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
"""
WORKER = b"#!/bin/sh\ncat /queue/job >/tmp/done\nwhile :; do sleep 1; done\n"
MIGRATE = (
    b"#!/bin/sh\ntest -z $FAIL || { echo no such database; exit 3; }\nexec cat /schema/table\n"
)
ROLES = """\
strategy: minimal
roles:
  web:
    probes: [{http: /page}]
  worker:
    run: {command: [/worker], environment: {QUEUE: jobs}}
    probes: [{exec: cat /tmp/done}]
  migrate:
    run: {command: /migrate}
"""
NEEDED = {"/www/page", "/queue/job", "/schema/table", "/worker", "/migrate"}


@pytest.fixture(scope="module")
def app(image: Callable[..., str]) -> str:
    return image(IMAGE, {"worker": WORKER, "migrate": MIGRATE})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roles")
    (folder / "slim.yaml").write_text(ROLES)
    return folder


@pytest.fixture(scope="module")
def built(app: str, folder: Path) -> Ran:
    """A build of all roles, with its trace in `app.trace`."""
    options = ("--file", "slim.yaml", "--json", "--save-trace", "app.trace")
    return run_slim("build", app, *options, folder=folder)


@contextlib.contextmanager
def running(client: docker.DockerClient, image: str, command: str = "") -> Iterator[Container]:
    container = client.containers.run(image, command or None, detach=True)
    try:
        yield container
    finally:
        container.remove(force=True, v=True)


def eventually(answer: Callable[[], bytes], seconds: float = 20) -> bytes:
    """The first answer that is one."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return answer()
        except OSError:
            if time.monotonic() > deadline:
                raise


def page_of(container: Container) -> bytes:
    container.reload()
    address = container.attrs["NetworkSettings"]["IPAddress"]
    with urllib.request.urlopen(f"http://{address}:8080/page", timeout=5) as answer:
        return bytes(answer.read())


def output_of(container: Container, *command: str) -> bytes:
    """What a command in the container prints; it must end well."""
    status, output = container.exec_run(list(command))
    if status != 0 or not isinstance(output, bytes):
        raise OSError(output)
    return output


@pytest.mark.parametrize("kind", ["slim", "debug"])
def test_one_image_serves_all_roles(client: docker.DockerClient, built: Ran, kind: str) -> None:
    image = built.report[kind]["reference"]
    with running(client, image) as web:
        assert eventually(lambda: page_of(web)) == b"page\n"
    with running(client, image, "/worker") as worker:
        assert eventually(lambda: output_of(worker, "cat", "/tmp/done")) == b"job\n"
    assert client.containers.run(image, "/migrate", remove=True) == b"table\n"


def test_what_no_role_uses_is_gone(client: docker.DockerClient, built: Ran) -> None:
    left = exported(client, built.report["slim"]["reference"])
    assert left.keys() >= NEEDED
    assert not {"/www/unused", "/queue/later"} & left.keys()


def test_phases_reasons_and_coverage_name_the_role(built: Ran) -> None:
    report = built.report
    phases = {phase["name"] for phase in report["trace"]["phases"]}
    assert {"web: boot", "worker: boot", "migrate: boot", "worker: shutdown"} <= phases
    assert {phase.partition(": ")[0] for phase in phases} == {"web", "worker", "migrate"}
    kept = {each["path"]: each["reasons"] for each in report["kept"]}
    details = [reason["detail"] for reason in kept["/queue/job"]]
    assert any("in phase worker: boot" in detail for detail in details), details
    assert not any("web" in detail or "migrate" in detail for detail in details)
    new = {each["name"]: each["new_files"] for each in report["coverage"]["phases"]}
    assert all(new[f"{role}: boot"] for role in ("web", "worker", "migrate")), new


def test_every_role_is_tested_on_both_images(built: Ran) -> None:
    tests = {(test["image"], test["role"]): test for test in built.report["tests"]}
    roles = ("web", "worker", "migrate")
    assert set(tests) == {
        (image, role) for image in ("original", "slim", "debug") for role in roles
    }
    assert all(test["passed"] for test in tests.values())
    assert [probe["name"] for probe in tests["slim", "worker"]["probes"]] == ["exec cat /tmp/done"]
    assert tests["slim", "worker"]["probes"][0]["compared"] == "same"
    (ended,) = tests["slim", "migrate"]["probes"]
    assert (ended["name"], ended["compared"]) == ("its command", "same")


def test_a_saved_trace_holds_all_roles(built: Ran, app: str, folder: Path) -> None:
    """Images that have passed already are tested again where less is asked of them."""
    ran = run_slim(
        "build", app, "--file", "slim.yaml", "--json", "--from-trace", "app.trace",
        "--verify", "status", folder=folder,
    )  # fmt: skip
    assert ran.report["slim"]["id"] == built.report["slim"]["id"]
    tests = {(test["image"], test["role"]) for test in ran.report["tests"] if test["passed"]}
    assert {("slim", role) for role in ("web", "worker", "migrate")} <= tests


def test_a_saved_trace_of_other_roles_is_refused(built: Ran, app: str, folder: Path) -> None:
    assert built.code == 0, built.stderr
    (folder / "other.yaml").write_text("roles: {web: {probes: [{http: /page}]}}\n")
    ran = run_slim("build", app, "--file", "other.yaml", "--from-trace", "app.trace", folder=folder)
    assert ran.code == 2
    assert "is of the roles web, worker, migrate, and the build of the roles web" in ran.stderr


def test_a_role_that_fails_ends_the_build(
    slim: Callable[..., Ran], app: str, tmp_path: Path, unchanged: Callable[[], State]
) -> None:
    (tmp_path / "slim.yaml").write_text(ROLES + "run: {environment: {FAIL: please}}\n")
    unchanged()
    ran = slim("build", app, "--file", "slim.yaml", "--tag", f"{app}-failing")
    assert ran.code == 7
    assert "role migrate: the original's command ended with status 3" in ran.stderr
    assert "no such database" in ran.stderr


def test_a_role_that_does_not_end_and_has_no_probe(
    slim: Callable[..., Ran], app: str, tmp_path: Path, unchanged: Callable[[], State]
) -> None:
    (tmp_path / "slim.yaml").write_text(
        "roles:\n  migrate: {run: {command: /migrate}}\n"
        "  worker: {run: {command: /worker, start_timeout: 1}}\n"
    )
    unchanged()
    ran = slim("build", app, "--file", "slim.yaml", "--tag", f"{app}-endless")
    assert ran.code == 2
    assert "role worker: nothing exercises" in ran.stderr


def test_the_slim_image_fails_in_one_role(
    slim: Callable[..., Ran], app: str, tmp_path: Path, unchanged: Callable[[], State]
) -> None:
    (tmp_path / "slim.yaml").write_text(ROLES + "exclude: [/schema/table]\n")
    unchanged()
    ran = slim("build", app, "--file", "slim.yaml", "--tag", f"{app}-broken")
    assert ran.code == 13
    assert "role migrate: the slim image fails its smoke test" in ran.stderr
    assert "/schema/table" in ran.stderr


def test_repair_runs_the_role_that_fails(
    client: docker.DockerClient, app: str, tmp_path: Path
) -> None:
    worker = Role(
        name="worker",
        run=RunOptions(command=("/worker",)),
        probes=(exec_probe("cat /tmp/done"),),
    )
    options = BuildOptions(
        image=app,
        tag=f"{app}-repaired",
        strategy=Strategy.MINIMAL,
        debug=DebugImage.NONE,
        roles=(Role(name="web", probes=(http_probe("/page"),)), worker),
        withheld=("/queue/job",),
        report_directory=tmp_path / "report",
    )
    report = build_image(options, console_progress(sys.stderr, quiet=True))
    assert report.repair is not None
    assert report.slim is not None
    assert [each.path for each in report.repair.paths] == ["/queue/job"]
    assert "in phase worker: " in report.repair.paths[0].detail
    assert "/queue/job" in exported(client, report.slim.reference)


def test_roles_that_share_a_volume_run_in_the_order_of_the_file(
    slim: Callable[..., Ran], app: str, tmp_path: Path
) -> None:
    """The server passes only with the page that the job before it has made."""
    (tmp_path / "data").mkdir()
    (tmp_path / "slim.yaml").write_text(
        "strategy: minimal\ndebug: false\nrun: {volumes: ['./data:/data']}\n"
        "roles:\n"
        "  make: {run: {command: [cp, /schema/table, /data/made]}}\n"
        "  web:\n"
        "    run: {command: [httpd, -f, -p, '8080', -h, /data]}\n"
        "    probes: [{http: {path: /made, body_pattern: table}}]\n"
    )
    ran = slim("build", app, "--file", "slim.yaml", "--json", "--tag", f"{app}-shared")
    tests = {(test["image"], test["role"]): test["passed"] for test in ran.report["tests"]}
    images = ("original", "slim")
    assert tests == {(image, role): True for image in images for role in ("make", "web")}


def test_a_flag_that_is_of_one_role_only(slim: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "slim.yaml").write_text("image: any\n" + ROLES)
    ran = slim("build", "--http-probe", "/page")
    assert ran.code == 2
    assert "--http-probe does not say which role of the image it is for: web, worker" in ran.stderr
