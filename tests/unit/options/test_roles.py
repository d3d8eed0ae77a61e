"""`roles` in slim.yaml: each laid over what the file says for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.errors import ConfigurationError
from slimmer.options import BuildOptions, Role, read_options
from slimmer.probing.kinds import ExecProbe, HttpProbe

FILE = """\
image: app:1
run:
  environment: {MODE: test, LEVEL: low}
  volumes: [/data:/data]
  user: app
  start_timeout: 5
roles:
  web:
    port: 80
    probes: [{http: /page}, {http: /page}]
    checks: [{http: /about}]
  worker:
    run:
      command: [work, --fast]
      environment: {LEVEL: high}
      user: worker
    probes: [{exec: done}]
  migrate:
"""


def options(folder: Path, text: str) -> BuildOptions:
    (folder / "slim.yaml").write_text(text)
    return read_options(folder / "slim.yaml")


def test_each_role_has_its_own(tmp_path: Path) -> None:
    web, worker, migrate = options(tmp_path, FILE).roles
    assert [role.name for role in (web, worker, migrate)] == ["web", "worker", "migrate"]
    assert web.run.port == 80
    assert [probe.name for probe in (*web.probes, *web.checks)] == [
        "GET /page",
        "GET /page #2",
        "GET /about",
    ]
    assert worker.run.command == ("work", "--fast")
    assert worker.probes == (ExecProbe(name="exec done", command=("done",)),)
    assert (migrate.probes, migrate.run.command) == ((), None)


def test_what_is_said_for_all_is_below_it(tmp_path: Path) -> None:
    web, worker, migrate = options(tmp_path, FILE).roles
    assert dict(worker.run.environment) == {"MODE": "test", "LEVEL": "high"}
    assert dict(web.run.environment) == {"MODE": "test", "LEVEL": "low"}
    assert (web.run.user, worker.run.user) == ("app", "worker")
    assert {role.run.start_timeout for role in (web, worker, migrate)} == {5}
    assert {role.run.volumes for role in (web, worker, migrate)} == {("/data:/data",)}
    assert (worker.run.port, migrate.run.port) == (None, None)


def test_healthcheck_is_for_the_roles_that_run_the_images_own_command(tmp_path: Path) -> None:
    def asked(text: str) -> list[bool]:
        return [role.healthcheck for role in options(tmp_path, text).roles]

    assert asked(FILE) == [True, False, True]
    assert asked(FILE + "healthcheck: false\n") == [False, False, False]
    assert asked("roles: {a: {run: {command: x}, healthcheck: true}}") == [True]


def test_a_file_without_roles_has_one_without_a_name(tmp_path: Path) -> None:
    given = options(tmp_path, "port: 1\nhealthcheck: false\nprobes: [{http: /a}]\n")
    assert given.roles == ()
    probe = HttpProbe(name="GET /a", path="/a")
    assert given.all_roles == (Role(run=given.run, probes=(probe,), healthcheck=False),)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("roles:\n", 1, "roles: expected at least one role"),
        ("roles: {}\n", 1, "roles: expected at least one role"),
        ("roles: [web]\n", 1, "roles: expected keys with values, found a list"),
        ("roles:\n  'a b': {}\n", 2, "roles.a b: a role's name has letters"),
        ("roles:\n  web:\n    prob: []\n", 3, "roles.web.prob: unknown key"),
        ("roles:\n  web:\n    run: {comand: x}\n", 3, "roles.web.run.comand: unknown key"),
        ("roles:\n  web: {}\nprobes: []\n", 3, "probes: which role is meant?"),
        ("port: 1\nroles:\n  web: {}\n", 1, "port: which role is meant?"),
        ("crawl: true\nroles:\n  web: {}\n", 1, "crawl: which role is meant?"),
        ("openapi: /a\nroles:\n  web: {}\n", 1, "openapi: which role is meant?"),
        ("roles:\n  web:\n    probes:\n      - http: 'a b'\n", 4, "is not an HTTP probe"),
    ],
)
def test_mistakes_are_told_with_their_place(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        options(tmp_path, text)
    assert f"slim.yaml:{line}: " in caught.value.message
    assert problem in caught.value.message
