"""Probes against real servers: requests, ports, HEALTHCHECKs, and checks that no trace saw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import BUSYBOX, MINIMAL, Ran

pytestmark = pytest.mark.engine

ECHO = b"""\
#!/bin/sh
echo 'Content-type: text/plain'
echo
echo "$REQUEST_METHOD with $HTTP_X_TOKEN"
cat
"""
PAGES = "RUN mkdir -p /www && echo hello >/www/index.html\n"


def test_a_request_with_everything_and_a_check(
    slim: Callable[..., Ran], image: Callable[..., str], tmp_path: Path
) -> None:
    """A check asks the finished images only, so it needs what it reads to be there already."""
    name = image(
        f"FROM {BUSYBOX}\nCOPY echo /www/cgi-bin/echo\nRUN echo deep >/www/unseen\n"
        "EXPOSE 8080\nCMD httpd -f -p 8080 -h /www\n",
        {"echo": ECHO},
    )
    (tmp_path / "slim.yaml").write_text(
        f"image: {name}\n"
        "probes:\n"
        "  - http:\n"
        "      name: login\n"
        "      method: POST\n"
        "      path: /cgi-bin/echo\n"
        "      headers: {X-Token: secret, Content-Type: application/json}\n"
        '      body: \'{"name": "me"}\'\n'
        "      status: 200\n"
        '      body_pattern: \'POST with secret\\s+\\{"name": "me"\\}\'\n'
        "  - http: /no-such-page 404\n"
        "  - exec: {command: [/bin/busybox, 'false'], exit_status: 1}\n"
        "checks:\n"
        "  - http: /unseen\n"
        "include: /www/unseen\n"
        "debug: false\nstrategy: minimal\n"
    )
    ran = slim("build", "--json")
    probes = ["login", "GET /no-such-page", "exec /bin/busybox false"]
    assert ran.passed("original") == probes
    assert ran.passed("slim") == [*probes, "GET /unseen"]
    assert "GET /unseen" not in [phase["name"] for phase in ran.report["trace"]["phases"]]


def test_a_check_that_fails_moves_no_tag(
    slim: Callable[..., Ran],
    image: Callable[..., str],
    client: docker.DockerClient,
    tmp_path: Path,
) -> None:
    name = image(
        f"FROM {BUSYBOX}\n{PAGES}RUN echo deep >/www/unseen\nEXPOSE 8080\n"
        "CMD httpd -f -p 8080 -h /www\n"
    )
    (tmp_path / "slim.yaml").write_text(
        f"image: {name}\nprobes: [http: /]\nchecks: [http: /unseen]\nstrategy: minimal\n"
    )
    ran = slim("build", "--repair", "0")
    assert ran.code == 13
    assert "GET /unseen" in ran.stderr
    assert "404" in ran.stderr
    with pytest.raises(docker.errors.ImageNotFound):
        client.images.get(f"{name}-slim")


@pytest.mark.parametrize(
    ("instructions", "arguments"),
    [
        ("EXPOSE 8081 8080\nCMD httpd -f -p 8080 -h /www", ()),
        ("EXPOSE 9000\nCMD httpd -f -p 8080 -h /www", ("--port", "8080")),
        ("CMD httpd -f -p 8083 -h /www", ()),
        (
            "EXPOSE 8080\nCMD httpd -p 8081 -h /www; exec httpd -f -p 8080 -h /tmp",
            ("--port", "8081"),
        ),
    ],
    ids=["one-of-several-exposed", "named", "not-exposed", "named-beside-exposed"],
)
def test_the_port(
    slim: Callable[..., Ran],
    image: Callable[..., str],
    instructions: str,
    arguments: tuple[str, ...],
) -> None:
    """Only one port has the page."""
    name = image(f"FROM {BUSYBOX}\n{PAGES}{instructions}\n")
    ran = slim("build", name, *MINIMAL, "--http-probe", "/", *arguments)
    assert ran.passed("original") == ran.passed("slim") == ["GET /"]


def test_an_exposed_port_is_asked_where_no_probe_is_given(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    name = image(f"FROM {BUSYBOX}\n{PAGES}EXPOSE 8080\nCMD exec httpd -f -p 8080 -h /www\n")
    ran = slim("build", name, *MINIMAL)
    assert ran.passed("slim") == ["GET /"]
    assert "no probe is given: using GET /" in ran.stderr


def test_a_healthcheck_is_kept_and_works(
    slim: Callable[..., Ran], image: Callable[..., str], client: docker.DockerClient
) -> None:
    """The engine itself runs the slim image's check, and finds it healthy."""
    name = image(
        f"FROM {BUSYBOX}\n{PAGES}EXPOSE 8080\n"
        "HEALTHCHECK --interval=1s CMD wget -q -O - http://127.0.0.1:8080/ | grep -q hello\n"
        "CMD exec httpd -f -p 8080 -h /www\n"
    )
    ran = slim("build", name, *MINIMAL)
    assert ran.passed("original") == ran.passed("slim") == ["healthcheck"]
    slimmed = ran.report["slim"]["reference"]
    container = client.containers.create(slimmed)
    try:
        events = client.events(decode=True, filters={"container": container.id})
        container.start()
        health = next(
            event["status"] for event in events if event["status"].startswith("health_status")
        )
        events.close()
        assert health == "health_status: healthy"
    finally:
        container.remove(force=True, v=True)


def test_a_healthcheck_runs_in_the_engines_shell(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    """Docker passes over SHELL here, and asks only each 30 s: the slim image is called healthy by
    the engine all the same, within the smoke test, and one that is not fails it."""
    name = image(
        f"FROM {BUSYBOX}\n{PAGES}EXPOSE 8080\n"
        'SHELL ["/bin/busybox", "ash", "-c"]\n'
        "HEALTHCHECK CMD case $0 in /bin/sh) exec test -d /www;; *) exit 1; esac\n"
        'CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]\n'
    )
    ran = slim("build", name, *MINIMAL, "--http-probe", "/")
    assert ran.passed("slim") == ["GET /", "healthcheck"]
    ran = slim("build", name, *MINIMAL, "--http-probe", "/", "--exclude", "/www")
    assert ran.code == 13


def test_a_broken_healthcheck_is_told(slim: Callable[..., Ran], image: Callable[..., str]) -> None:
    name = image(
        f"FROM {BUSYBOX}\n{PAGES}EXPOSE 8080\nHEALTHCHECK CMD wget -q -O - http://127.0.0.1:1/\n"
        "CMD exec httpd -f -p 8080 -h /www\n"
    )
    ran = slim("build", name, *MINIMAL, "--http-probe", "/")
    assert ran.passed("slim") == ["GET /"]
    (note,) = ran.notes
    assert "HEALTHCHECK fails on the original already" in note


def test_a_healthcheck_can_be_left_out(slim: Callable[..., Ran], image: Callable[..., str]) -> None:
    name = image(
        f"FROM {BUSYBOX}\n{PAGES}EXPOSE 8080\nHEALTHCHECK CMD wget -q -O - http://127.0.0.1:1/\n"
        "CMD httpd -f -p 8080 -h /www\n"
    )
    ran = slim("build", name, *MINIMAL, "--no-healthcheck", "--http-probe", "/")
    assert ran.passed("slim") == ["GET /"]
    assert ran.notes == []
