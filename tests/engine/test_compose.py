"""A service of a compose file is slimmed beside the database and the cache that it needs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import BUSYBOX, Ran, listed, run_slim

pytestmark = pytest.mark.engine

SHOP = """\
FROM slimmer-samples/redis:latest
RUN apt-get update \\
    && apt-get install -y --no-install-recommends python3-psycopg2 python3-redis \\
    && rm -rf /var/lib/apt/lists/*
COPY shop.py /srv/
WORKDIR /
ENTRYPOINT ["python3"]
CMD ["-c", "raise SystemExit('the compose file has another command')"]
"""
SHOP_SOURCE = b"""\
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg2
import redis

database = psycopg2.connect(os.environ["DATABASE_URL"])
database.autocommit = True
cache = redis.Redis(host="cache")
with database.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS tea (name text)")
    cursor.execute("INSERT INTO tea SELECT 'assam' WHERE NOT EXISTS (SELECT FROM tea)")
with open("/mounted/note") as file:
    cache.set("note", file.read().strip())


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        with database.cursor() as cursor:
            cursor.execute("SELECT name FROM tea")
            (tea,) = cursor.fetchone()
        words = (tea, cache.get("note").decode(), os.environ["GREETING"], os.getuid(), os.getcwd())
        page = " ".join(map(str, words)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


HTTPServer(("", 8000), Shop).serve_forever()
"""
COMPOSE = """\
services:
  web:
    image: {image}
    command: /srv/shop.py
    user: "1234"
    working_dir: /srv
    environment: {{DATABASE_URL: "postgresql://app:te$$a@db/app"}}
    env_file: shop.env
    volumes: ["./data:/mounted:ro"]
    ports: ["{port}:8000"]
    networks: [back, front]
    depends_on:
      db: {{condition: service_healthy}}
      cache: {{condition: service_healthy}}
  db:
    image: slimmer-samples/postgres:latest
    container_name: {taken}
    ports: ["{port}:5432"]
    environment: {{POSTGRES_PASSWORD: te$$a}}
    volumes: ["tables:/var/lib/postgresql/data"]
    networks: [back]
    healthcheck:
      test: [CMD, psql, "postgresql://app:te$$a@127.0.0.1/app", -c, select 1]
      interval: 1s
      retries: 60
  cache:
    image: slimmer-samples/redis:latest
    networks: [front]
    healthcheck: {{test: [CMD, redis-cli, ping], interval: 1s, retries: 60}}
  unrelated:
    image: slimmer-test/no-such-image:1
networks: {{back: , front: }}
volumes: {{tables: {{name: {taken}}}}}
"""
WAITING = """\
services:
  web:
    image: {image}
    depends_on: {{db: {{condition: {condition}}}}}
  db:
    image: {image}
    command: [sh, -c, '{command}']
    volumes: ["kept:/kept"]
    healthcheck: {{test: [CMD, sh, -c, "echo not yet; exit 1"], interval: 1s, retries: {retries}}}
volumes: {{kept: }}
"""
SERVER = f"""\
FROM {BUSYBOX}
RUN mkdir /www && echo served >/www/index.html
EXPOSE 8080
CMD httpd -f -p 8080 -h /www
"""
STAY = 'echo I am the database; trap "exit 0" TERM; while :; do sleep 1; done'


@pytest.fixture(scope="module")
def shop(image: Callable[..., str]) -> str:
    return image(SHOP, {"shop.py": SHOP_SOURCE})


@pytest.fixture(scope="module")
def server(image: Callable[..., str]) -> str:
    return image(SERVER)


@pytest.fixture
def of_the_user(client: docker.DockerClient) -> Iterator[str]:
    """A name by which the user has a container that runs and a volume already."""
    name = f"slimmer-test-{uuid.uuid4().hex[:8]}"
    volume = client.volumes.create(name)
    container = client.containers.run(
        BUSYBOX, ["sh", "-c", "echo precious >/data/file; exec sleep 1000"],
        name=name, detach=True, volumes={name: {"bind": "/data"}}, ports={"80/tcp": None},
    )  # fmt: skip
    try:
        yield name
    finally:
        container.remove(force=True, v=True)
        volume.remove()


class Leftovers:
    """What there is of compose projects, as the engine tells it."""

    def __init__(self, client: docker.DockerClient) -> None:
        self._client = client

    def of(self, process: int) -> list[str]:
        """Of the project of a `slim` process."""
        prefix = f"slimmer-{process}-"
        engine = self._client.api
        names = [
            *(name for each in engine.containers(all=True) for name in each["Names"]),
            *(each["Name"] for each in engine.networks()),
            *(each["Name"] for each in engine.volumes()["Volumes"] or ()),
            *(tag for image in listed(self._client) for tag in image.tags),
        ]
        return [name for name in names if prefix in name]


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """`slim build` of the service `web`, going on."""
    return subprocess.Popen(
        [sys.executable, "-m", "slimmer", "build", "--compose", "docker-compose.yml",
         "--service", "web", *arguments],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> Ran:
    stdout, stderr = process.communicate(timeout=180)
    return Ran(code=process.returncode, stdout=stdout, stderr=stderr)


@pytest.fixture
def waiting(server: str, tmp_path: Path) -> Callable[..., Path]:
    """A folder with a compose file whose `web` waits for a `db`."""

    def write(condition: str = "service_healthy", command: str = STAY, retries: int = 99) -> Path:
        (tmp_path / "docker-compose.yml").write_text(
            WAITING.format(image=server, condition=condition, command=command, retries=retries)
        )
        return tmp_path

    return write


def test_a_web_application_with_postgresql_and_redis(
    client: docker.DockerClient, shop: str, tmp_path: Path, of_the_user: str
) -> None:
    """The user's own container and volume of the names in the file, and its port, are in use."""
    (port,) = client.containers.get(of_the_user).attrs["NetworkSettings"]["Ports"]["80/tcp"][:1]
    (tmp_path / "docker-compose.yml").write_text(
        COMPOSE.format(image=shop, taken=of_the_user, port=port["HostPort"])
    )
    (tmp_path / "shop.env").write_text("GREETING=hello\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "note").write_text("from outside\n")
    (tmp_path / "slim.yaml").write_text(
        "compose: {file: docker-compose.yml, service: web}\n"
        "probes:\n  - http: {path: /, body_pattern: '^assam from outside hello 1234 /srv$'}\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "slimmer", "build", "--json"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    ran = ended(process)
    assert ran.passed("original") == ran.passed("slim") == ["GET /"]
    assert ran.passed("debug") == ["GET /", "a shell"]
    assert ran.report["original"]["reference"] == shop
    (note,) = ran.notes
    assert "secrets: /etc/redis/tls/key.pem (private key, line 1)" in note
    assert Leftovers(client).of(process.pid) == []
    status, output = client.containers.get(of_the_user).exec_run(["ls", "/data"])
    assert (status, output) == (0, b"file\n"), "the user's volume is as it was"


def test_a_service_that_does_not_get_healthy(
    client: docker.DockerClient, waiting: Callable[..., Path]
) -> None:
    process = started(waiting(), "--compose-timeout", "12")
    ran = ended(process)
    assert ran.code == 38
    assert "the service db is not healthy within 12 s" in ran.stderr
    assert "I am the database" in ran.stderr
    assert "its health check says: not yet" in ran.stderr
    assert Leftovers(client).of(process.pid) == []


def test_a_service_that_is_unhealthy(
    client: docker.DockerClient, waiting: Callable[..., Path]
) -> None:
    process = started(waiting(retries=1))
    ran = ended(process)
    assert ran.code == 38
    assert "the service db is unhealthy" in ran.stderr
    assert Leftovers(client).of(process.pid) == []


@pytest.mark.parametrize("condition", ["service_healthy", "service_completed_successfully"])
def test_a_service_that_fails(
    client: docker.DockerClient, waiting: Callable[..., Path], condition: str
) -> None:
    process = started(waiting(condition, "echo no space; sleep 1; exit 3"))
    ran = ended(process)
    assert ran.code == 38
    assert "the service db ended with status 3" in ran.stderr
    assert "no space" in ran.stderr
    assert Leftovers(client).of(process.pid) == []


def test_a_service_that_has_to_be_done_first(
    client: docker.DockerClient, waiting: Callable[..., Path]
) -> None:
    folder = waiting("service_completed_successfully", "sleep 1; echo done >/kept/file")
    text = (folder / "docker-compose.yml").read_text()
    text = text.replace("    depends_on", '    volumes: ["kept:/kept"]\n    depends_on', 1)
    (folder / "docker-compose.yml").write_text(text)
    process = started(folder, "--exec-probe", "grep done /kept/file", "--json", "--no-debug")
    ran = ended(process)
    assert ran.passed("slim") == ["exec grep done /kept/file"]
    assert Leftovers(client).of(process.pid) == []


def test_a_service_without_any_dependency(
    client: docker.DockerClient, server: str, tmp_path: Path
) -> None:
    (tmp_path / "docker-compose.yml").write_text(
        f"services: {{web: {{image: '{server}', cap_add: [NET_ADMIN], read_only: true}}}}\n"
    )
    process = started(tmp_path, "--http-probe", "/", "--json", "--no-debug")
    ran = ended(process)
    assert ran.passed("slim") == ["GET /"]
    (note,) = ran.notes
    assert "of the service web slimmer does not take over: cap_add, read_only" in note
    assert Leftovers(client).of(process.pid) == []


def test_a_dependency_that_is_built(
    client: docker.DockerClient, server: str, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM {server}\nCMD httpd -f -p 80 -h /www\n")
    (tmp_path / "docker-compose.yml").write_text(
        f"services:\n  web: {{image: '{server}', depends_on: [back]}}\n  back: {{build: .}}\n"
    )
    process = started(
        tmp_path, "--exec-probe", "wget -q -O /dev/null http://back/", "--json", "--no-debug"
    )
    ran = ended(process)
    assert ran.passed("slim") == ["exec wget -q -O /dev/null http://back/"]
    assert Leftovers(client).of(process.pid) == []


def test_roles_of_a_service(
    client: docker.DockerClient, server: str, waiting: Callable[..., Path]
) -> None:
    """They share what is brought up, and the service's settings."""
    folder = waiting("service_started")
    (folder / "slim.yaml").write_text(
        "compose: {file: docker-compose.yml, service: web}\ndebug: false\n"
        "roles:\n  web: {probes: [{http: /}]}\n  look: {run: {command: nslookup db}}\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "slimmer", "build", "--json"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    ran = ended(process)
    passed = {(test["image"], test["role"]) for test in ran.report["tests"] if test["passed"]}
    assert {("slim", "web"), ("slim", "look")} <= passed
    assert Leftovers(client).of(process.pid) == []


def test_roles_that_are_services(client: docker.DockerClient, server: str, tmp_path: Path) -> None:
    """What one role has written to a volume of the project, the next one finds."""
    (tmp_path / "docker-compose.yml").write_text(
        "services:\n"
        f"  make: {{image: '{server}', volumes: ['made:/made'], depends_on: [back],\n"
        "    command: [wget, -q, -O, /made/page, 'http://back:8080/']}\n"
        f"  web: {{image: '{server}', volumes: ['made:/made'], ports: ['7000'],\n"
        "    command: [httpd, -f, -p, '7000', -h, /made]}\n"
        f"  back: {{image: '{server}'}}\n"
        f"  other: {{image: '{BUSYBOX}'}}\n"
        "volumes: {made: }\n"
    )
    compose = "compose: {file: docker-compose.yml}\ndebug: false\nroles:\n  make: {service: make}\n"
    (tmp_path / "slim.yaml").write_text(
        compose + "  web: {service: web, probes: [{http: {path: /page, body_pattern: served}}]}\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "slimmer", "build", "--json"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    ran = ended(process)
    passed = {(test["image"], test["role"]): test["passed"] for test in ran.report["tests"]}
    images = ("original", "slim")
    assert passed == {(image, role): True for image in images for role in ("make", "web")}
    assert Leftovers(client).of(process.pid) == []
    (tmp_path / "slim.yaml").write_text(compose + "  other: {service: other}\n")
    refused = run_slim("build", folder=tmp_path)
    assert refused.code == 2
    assert "the roles are not of one image" in refused.stderr


@pytest.fixture
def brought_up(
    client: docker.DockerClient, waiting: Callable[..., Path]
) -> Iterator[subprocess.Popen[str]]:
    """A build that waits for a service, which runs."""
    process = started(waiting())
    deadline = time.monotonic() + 60
    try:
        while not client.api.containers(filters={"name": f"slimmer-{process.pid}-"}):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing(
    client: docker.DockerClient, brought_up: subprocess.Popen[str], number: int
) -> None:
    brought_up.send_signal(number)
    assert ended(brought_up).code == 130
    assert Leftovers(client).of(brought_up.pid) == []


@pytest.mark.usefixtures("only_cleaner")
def test_clean_removes_what_a_killed_build_left(
    client: docker.DockerClient, brought_up: subprocess.Popen[str], tmp_path: Path
) -> None:
    left = Leftovers(client)
    kinds = 3  # the service's container, its network, its volume
    deadline = time.monotonic() + 30
    while len(left.of(brought_up.pid)) < kinds:
        assert time.monotonic() < deadline
    brought_up.kill()
    brought_up.communicate()
    assert len(left.of(brought_up.pid)) == kinds
    cleaned = run_slim("clean", folder=tmp_path)
    assert cleaned.code == 0, cleaned.stderr
    assert f"removed volume slimmer-{brought_up.pid}-" in cleaned.stdout
    assert left.of(brought_up.pid) == []


def test_without_any_compose_tool(slim: Callable[..., Ran], tmp_path: Path) -> None:
    """A PATH on which there is none."""
    (tmp_path / "docker-compose.yml").write_text("services: {web: {image: any}}\n")
    (tmp_path / "empty").mkdir()
    ran = slim(
        "build", "--compose", "docker-compose.yml", "--service", "web",
        environment={"PATH": str(tmp_path / "empty")},
    )  # fmt: skip
    assert ran.code == 36
    assert "neither `docker compose` nor `docker-compose` is installed" in ran.stderr


@pytest.mark.parametrize(
    ("text", "service", "code", "message"),
    [
        ("services: {web: {image: any}}", "wob", 2, "has no service `wob`"),
        ("services: {web: {build: .}}", "web", 2, "has no `image:`"),
        ("services: {web: {imag: any}}", "web", 37, "cannot read docker-compose.yml"),
        ("services: [", "web", 37, "cannot read docker-compose.yml"),
        ("services: {web: {image: 'slimmer-test/none:1'}}", "web", 5, "is not in the engine"),
        ("", "web", 37, "docker-compose.yml"),
        (None, "web", 37, "there is no compose file docker-compose.yml"),
    ],
)
def test_files_and_services_that_cannot_be_used(
    slim: Callable[..., Ran],
    tmp_path: Path,
    text: str | None,
    service: str,
    code: int,
    message: str,
) -> None:
    if text is not None:
        (tmp_path / "docker-compose.yml").write_text(text)
    ran = slim("build", "--compose", "docker-compose.yml", "--service", service)
    assert (ran.code, message in ran.stderr) == (code, True), ran.stderr


def test_the_answer_for_machines_names_the_cause(slim: Callable[..., Ran], tmp_path: Path) -> None:
    ran = slim("build", "--compose", "none.yml", "--service", "web", "--json")
    assert json.loads(ran.stdout)["error"]["cause"] == "a compose file cannot be used"


def test_variables_of_this_process_are_put_in(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docker-compose.yml").write_text(
        f"services: {{web: {{image: '{server}', command: [sh, -c, '${{COMMAND}}'],\n"
        "  environment: [INHERITED], ports: ['9090']}}\n"
    )
    monkeypatch.setenv("COMMAND", 'echo "$INHERITED" >/tmp/page; httpd -f -p 9090 -h /tmp')
    monkeypatch.setenv("INHERITED", "from here")
    (tmp_path / "slim.yaml").write_text(
        "debug: false\nprobes: [{http: {path: /page, body_pattern: from here}}]\n"
    )
    ran = ended(started(tmp_path, "--file", "slim.yaml", "--json"))
    assert ran.passed("slim") == ["GET /page"]
