"""Whatever an image starts, as whatever user: it is traced, kept, and starts in the slim image."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import BUSYBOX, MINIMAL, Ran, command

pytestmark = pytest.mark.engine

SERVE = "httpd -f -p 8080 -h /www"

PASSWD = b"""\
root:x:0:0:root:/root:/bin/sh
app:x:1234:1234::/home/app:/bin/sh
robot:x:1235:1235::/home/robot:/sbin/nologin
"""


@pytest.fixture(scope="module")
def identified(image: Callable[..., str]) -> str:
    """An image that serves the user and group that it runs as, and the user's home."""
    return image(
        f"FROM {BUSYBOX}\nCOPY passwd group /etc/\nCOPY start /start\n"
        "RUN mkdir -p /home/app /home/robot\nEXPOSE 8080\n"
        'ENTRYPOINT ["/start"]\n',
        {
            "passwd": PASSWD,
            "group": b"root:x:0:\nstaff:x:50:\n",
            "start": b"#!/bin/sh\necho $(id -u):$(id -g) $HOME >/tmp/id\n"
            b"exec httpd -f -p 8080 -h /tmp\n",
        },
    )


@pytest.mark.parametrize(
    ("user", "identity"),
    [
        ("app", "1234:1234 /home/app"),
        ("1234", "1234:1234 /home/app"),
        ("robot", "1235:1235 /home/robot"),
        ("4321:77", "4321:77 /"),
        ("app:staff", "1234:50 /home/app"),
    ],
    ids=["name", "id", "no-shell", "unknown-id-and-group", "name-and-group-name"],
)
def test_any_user(
    slim: Callable[..., Ran],
    image: Callable[..., str],
    identified: str,
    tmp_path: Path,
    user: str,
    identity: str,
) -> None:
    name = image(f"FROM {identified}\nUSER {user}\n")
    (tmp_path / "slim.yaml").write_text(
        f"image: {name}\nprobes: [{{http: {{path: /id, body_pattern: '^{identity}\\s'}}}}]\n"
        "debug: false\nstrategy: minimal\n"
    )
    ran = slim("build", "--json")
    assert ran.passed("original") == ran.passed("slim") == ["GET /id"]


def test_a_shell_entrypoint_that_does_not_exec(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    """The shell stays the first program and has no handler for SIGTERM: the kernel ignores the
    signal, and nobody waits for what cannot happen."""
    name = image(
        f"FROM {BUSYBOX}\nCOPY start /start\nRUN mkdir /www && echo hello >/www/index.html\n"
        'EXPOSE 8080\nENTRYPOINT ["/start"]\nCMD ["8080"]\n',
        {"start": b'#!/bin/sh\nhttpd -f -p "$1" -h /www\necho the server ended\n'},
    )
    ran = slim("build", name, *MINIMAL, "--http-probe", "/")
    assert ran.passed("slim") == ["GET /"]
    assert [phase["name"] for phase in ran.report["trace"]["phases"]] == [
        "boot",
        "GET /",
        "shutdown",
    ]


def test_what_runs_at_the_end_is_kept(slim: Callable[..., Ran], image: Callable[..., str]) -> None:
    """A program that takes the stop signal is stopped by it, and what it does then is traced."""
    name = image(
        f"FROM {BUSYBOX}\nCOPY start /start\nRUN mkdir /www && echo hello >/www/index.html\n"
        'RUN echo goodbye >/farewell\nEXPOSE 8080\nSTOPSIGNAL SIGUSR1\nCMD ["/start"]\n',
        {"start": f"#!/bin/sh\ntrap 'cat /farewell; exit 0' USR1\n{SERVE} & wait\n".encode()},
    )
    report = slim("build", name, *MINIMAL, "--http-probe", "/").report
    (farewell,) = (entry for entry in report["kept"] if entry["path"] == "/farewell")
    assert "in phase shutdown" in farewell["reasons"][0]["detail"]


@pytest.mark.parametrize(
    "instructions",
    [
        'CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]',
        'ENTRYPOINT ["/bin/busybox", "httpd"]\nCMD ["-f", "-p", "8080", "-h", "/www"]',
        f"CMD {SERVE}",
        f"ENTRYPOINT exec {SERVE}\nCMD ignored",
        'WORKDIR /bin\nCMD ["./httpd", "-f", "-p", "8080", "-h", "../www"]',
    ],
    ids=["cmd", "entrypoint-and-cmd", "cmd-as-shell", "entrypoint-as-shell", "relative"],
)
def test_each_form_of_command(
    slim: Callable[..., Ran], image: Callable[..., str], instructions: str
) -> None:
    name = image(
        f"FROM {BUSYBOX}\nRUN mkdir /www && echo hello >/www/index.html\nEXPOSE 8080\n"
        f"{instructions}\n"
    )
    ran = slim("build", name, *MINIMAL, "--http-probe", "/")
    assert ran.passed("slim") == ["GET /"]


def test_a_static_binary_made_from_scratch(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    name = image(
        f"FROM {BUSYBOX} AS build\nRUN mkdir /www && echo hello >/www/index.html\n"
        "FROM scratch\nCOPY --from=build /bin/busybox /busybox\nCOPY --from=build /www /www\n"
        "COPY --from=build /bin/busybox /unused\n"
        'EXPOSE 8080\nCMD ["/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]\n'
    )
    ran = slim("build", name, *MINIMAL, "--http-probe", "/")
    assert ran.passed("slim") == ["GET /"]
    files = {entry["path"] for entry in ran.report["kept"] if entry["type"] == "file"}
    assert files == {"/busybox", "/www/index.html"}


def test_a_command_that_ends_by_itself(slim: Callable[..., Ran], image: Callable[..., str]) -> None:
    name = image(
        f'FROM {BUSYBOX}\nRUN echo 42 >/answer && echo none >/unused\nCMD ["cat", "/answer"]\n'
    )
    report = slim("build", name, *MINIMAL).report
    assert report["trace"]["exit_status"] == 0
    kept = {entry["path"] for entry in report["kept"]}
    assert "/answer" in kept
    assert "/unused" not in kept
    assert command("docker", "run", "--rm", report["slim"]["reference"]) == "42\n"


@pytest.mark.parametrize("delay", ["", "sleep 1; "], ids=["before", "after"])
def test_a_command_that_ends_before_or_after_its_probes(
    slim: Callable[..., Ran], image: Callable[..., str], delay: str
) -> None:
    """Probes do not cut short what the command does by itself."""
    line = json.dumps(["sh", "-c", f"{delay}cat /answer"])
    name = image(f"FROM {BUSYBOX}\nRUN echo 42 >/answer && echo 43 >/question\nCMD {line}\n")
    ran = slim("build", name, *MINIMAL, "--exec-probe", "cat /question")
    assert ran.passed("slim") == ["its command", "exec cat /question"]
    reference = ran.report["slim"]["reference"]
    assert command("docker", "run", "--rm", reference) == "42\n"
    assert command("docker", "run", "--rm", reference, "cat", "/question") == "43\n"
