"""slim.yaml: what a complete one says, and how a wrong one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.errors import ConfigurationError, UsageError
from slimmer.options import DebugImage, Verification, parse_size, read_options
from slimmer.probing.explore.crawl import CrawlOptions
from slimmer.probing.explore.openapi import OpenApiOptions
from slimmer.probing.kinds import ExecProbe, HttpProbe

COMPLETE = """\
image: my-app:latest
tag: my-app:small
strategy: minimal
port: 8000
probes:
  - http: /health
  - http: {name: login, method: post, path: /login, headers: {X-A: 1}, body: hi, status: [200, 302]}
  - exec: my-app --version
  - exec: {name: as root, command: [id, -u], user: 0, output_pattern: "^0"}
checks:
  - http: /health
run:
  environment: {A: b, N: 1}
  env_file: more.env
  user: 1000
  entrypoint: /entry --x "y z"
  command: [serve]
  add_hosts: [db:127.0.0.1]
  start_timeout: 5
include: [/etc/app]
exclude: "*.md"
debug: {from: busybox}
max_size: 100MB
"""


def _write(folder: Path, text: str) -> Path:
    (folder / "more.env").write_text("# comment\nA=first\nC=d=e\n")
    path = folder / "slim.yaml"
    path.write_text(text)
    return path


def test_a_complete_file(tmp_path: Path) -> None:
    options = read_options(_write(tmp_path, COMPLETE))
    assert (options.image, options.tag, options.run.port) == ("my-app:latest", "my-app:small", 8000)
    health, login, version, root = options.probes
    assert isinstance(login, HttpProbe)
    assert isinstance(root, ExecProbe)
    assert (login.method, login.headers, login.body) == ("POST", (("X-A", "1"),), b"hi")
    assert login.statuses == {200, 302}
    assert (root.name, root.command, root.user) == ("as root", ("id", "-u"), "0")
    assert [probe.name for probe in options.checks] == ["GET /health #2"], health.name
    assert dict(options.run.environment) == {"A": "b", "C": "d=e", "N": "1"}
    assert options.run.entrypoint == ("/entry", "--x", "y z")
    assert options.run.command == ("serve",)
    assert options.run.start_timeout == 5
    assert (options.includes, options.excludes) == (("/etc/app",), ("*.md",))
    assert (options.debug, options.debug_from) == (DebugImage.FROM_IMAGE, "busybox")
    assert options.max_size == 100_000_000
    assert version.name == "exec my-app --version"


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    options = read_options(_write(tmp_path, ""))
    assert options.probes == ()
    assert options.debug is DebugImage.FROM_ORIGINAL
    assert options.verify is Verification.CONTENT


@pytest.mark.parametrize("text", ["off", '"off"', "false"])
def test_off_is_off_with_and_without_quotes(tmp_path: Path, text: str) -> None:
    """YAML takes the bare word for false."""
    options = read_options(_write(tmp_path, f"verify: {text}\n"))
    assert options.verify is Verification.OFF


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("image: a\nprobs: []\n", 2, "did you mean `probes`?"),
        ("port: eighty\n", 1, "expected a whole number, found the text `eighty`"),
        ("port: 99999\n", 1, "99999 is not a TCP port"),
        ("image: [a]\n", 1, "expected text, found a list"),
        ("run:\n  environment:\n    DEBUG: true\n", 3, "(quote it)"),
        ("run:\n  user: 1\n  usr: 1\n", 3, "did you mean `user`?"),
        ("probes:\n  - http: 'a b'\n", 2, "is not an HTTP probe"),
        ("probes:\n  - /health\n", 2, "expected keys with values, found the text"),
        ("probes:\n  - http: /a\n    exec: b\n", 2, "expected one of `http:`, "),
        ("probes:\n  - http: {path: /a, status: 99}\n", 2, "not an HTTP status"),
        ("probes:\n  - http: {path: /a, body_pattern: '('}\n", 2, "not a regular expression"),
        ("probes:\n  - exec: {name: a}\n", 2, "expected a command"),
        ("strategy: tiny\n", 1, "is not one of minimal"),
        ("verify: everything\n", 1, "`everything` is not one of content, status, off"),
        ("verify: true\n", 1, "`true` is not one of content, status, off"),
        ("debug: yes please\n", 1, "expected keys with values"),
        ("run:\n  start_timeout: -1\n", 2, "not a positive number"),
        ("run:\n  start_timeout: true\n", 2, "expected a number"),
    ],
)
def test_mistakes_name_file_line_and_key(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = _write(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        read_options(path)
    assert caught.value.message.startswith(f"{path}:{line}: ")
    assert said in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("text", ["a: [\n", "\t- x", "- 1\n"])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError):
        read_options(_write(tmp_path, text))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_options(tmp_path / "none.yaml")


def test_an_environment_file_without_names_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, "run: {env_file: more.env}\n")
    (tmp_path / "more.env").write_text("GOOD=1\n=bad\n")
    with pytest.raises(ConfigurationError, match=r"more\.env:2"):
        read_options(path)


@pytest.mark.parametrize(
    ("text", "size"), [("4096", 4096), ("1.5 GB", 1_500_000_000), ("2KiB", 2048), ("3mb", 3000000)]
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "big", "1XB", "-1"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_size(text)


def test_a_crawl_and_a_description(tmp_path: Path) -> None:
    options = read_options(
        _write(
            tmp_path,
            "crawl: {start: 'https://shop.example/a', depth: 0, pages: 5, time: 1.5, "
            "connections: 2, exclude: '/admin/*'}\n"
            "openapi: {from: /api.json, examples: 3, time: 9}\ninsecure: true\n",
        )
    )
    assert options.crawl == CrawlOptions(
        start="https://shop.example/a",
        depth=0,
        pages=5,
        seconds=1.5,
        connections=2,
        excludes=("/admin/*",),
    )
    assert options.openapi == OpenApiOptions(source="/api.json", examples=3, seconds=9)
    assert options.insecure


def test_the_short_forms_of_a_crawl_and_a_description(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").touch()
    options = read_options(_write(tmp_path, "crawl: true\nopenapi: api.yaml\n"))
    assert options.crawl == CrawlOptions()
    assert options.openapi == OpenApiOptions(source="", file=tmp_path / "api.yaml")
    options = read_options(_write(tmp_path, "crawl: /docs\nopenapi: http://localhost/api\n"))
    assert options.crawl == CrawlOptions(start="/docs")
    assert options.openapi == OpenApiOptions(source="http://localhost/api")
    options = read_options(_write(tmp_path, "crawl: false\n"))
    assert options.crawl is options.openapi is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("crawl: docs\n", "`docs` is not an address"),
        ("crawl: {start: docs}\n", "`docs` is not an address"),
        ("crawl: {pages: 0}\n", ":1: crawl.pages: 0 is less than 1"),
        ("crawl: {time: 0}\n", ":1: crawl.time: 0 is not a positive number"),
        ("crawl: {limit: 1}\n", ":1: crawl.limit: unknown key"),
        ("crawl: 7\n", "expected keys with values"),
        ("openapi: {examples: 2}\n", ":1: openapi.from: expected a path"),
        ("openapi: [a]\n", "expected keys with values"),
    ],
)
def test_a_wrong_crawl_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_options(_write(tmp_path, text))
    assert said in caught.value.message


def test_what_is_not_yaml_is_told_without_its_line(tmp_path: Path) -> None:
    """It may be the one with the password, and the error may stand in a log of CI."""
    path = _write(tmp_path, "image: x\nprobes:\n  - http: {path: /?token=s3cr3t, method: GET\n")
    with pytest.raises(ConfigurationError) as caught:
        read_options(path)
    assert "is not YAML" in caught.value.message
    assert "line 3, column" in caught.value.details
    assert "s3cr3t" not in caught.value.details
