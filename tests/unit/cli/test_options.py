"""Flags become one value, and win over slim.yaml."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click
import pytest

from slimmer.cli.build import _options, build
from slimmer.errors import ConfigurationError, UsageError
from slimmer.options import BuildOptions, DebugImage, Verification, run_flags
from slimmer.probing.explore.crawl import CrawlOptions
from slimmer.probing.explore.openapi import OpenApiOptions
from slimmer.probing.kinds import ExecProbe, HttpProbe
from slimmer.values import RunOptions, Source, Strategy

FILE = """\
image: from-file:1
tag: from-file:small
probes:
  - http: /file
checks:
  - exec: check
verify: status
healthcheck: true
port: 1111
run:
  environment: {ONE: file, TWO: file}
  volumes: [/file:/file]
  network: file
  user: file
  entrypoint: /file
  command: [file]
  workdir: /file
  hostname: file
  add_hosts: [file:192.0.2.1]
  start_timeout: 11
  probe_timeout: 12
  probe_workers: 3
  settle: 1
include: [/file]
include_from: [file.json]
exclude: [/file/not]
repair: 2
output: file.tar
report_directory: file
max_size: 1MB
"""


def options(*arguments: str) -> BuildOptions:
    """As click parses them, without the build."""
    context = build.make_context("build", list(arguments))
    given = {key: value for key, value in context.params.items() if key not in ("as_json", "quiet")}
    return _options(**given)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty at first."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_but_an_image() -> None:
    assert options("my-app:1") == BuildOptions(image="my-app:1")


def test_no_image() -> None:
    with pytest.raises(UsageError, match="no image is named") as caught:
        options()
    assert caught.value.hint.startswith("slim build IMAGE")


def test_an_image_for_each_platform_is_enough() -> None:
    named = options("--platform", "linux/amd64=my-app:1,linux/arm64=my-app:arm")
    assert [each.image for each in named.platforms] == ["my-app:1", "my-app:arm"]
    with pytest.raises(UsageError, match="no image is named"):
        options("--platform", "linux/amd64,linux/arm64=my-app:arm")


def test_no_image_beside_a_dockerfile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "Shop").mkdir()
    monkeypatch.chdir(folder / "Shop")
    Path("Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(UsageError, match="no image is named") as caught:
        options()
    assert "build -t shop . && slim build shop" in caught.value.hint


def test_every_flag(folder: Path) -> None:
    (folder / "list").write_text("# comment\n/from/list\n\n/also with space\n")
    (folder / "variables").write_text("THREE=file\n")
    given = options(
        "my-app:1", "--tag", "small:1", "--http-probe", "POST:/a 201", "--http-probe", "/b",
        "--exec-probe", "check 'two words'", "--no-healthcheck", "--port", "80",
        "--strategy", "minimal", "--include", "/x", "--include-file", "list",
        "--include-from", "watch.json", "--exclude", "*.pyc",
        "--debug-from", "busybox", "--output", "out/", "--report-dir", "report",
        "--max-size", "1.5MB", "--env", "ONE=1", "--env", "TWO=", "--env-file", "variables",
        "--volume", "/a:/b:ro", "--network", "net", "--user", "1:2", "--entrypoint", "/e 'f g'",
        "--cmd", "", "--workdir", "/w", "--hostname", "h", "--add-host", "a:192.0.2.1",
        "--start-timeout", "1.5", "--probe-timeout", "2", "--trace-source", "notify",
        "--settle", "3.5", "--repair", "1", "--verify", "status",
    )  # fmt: skip
    assert given == BuildOptions(
        image="my-app:1",
        tag="small:1",
        strategy=Strategy.MINIMAL,
        probes=(
            HttpProbe(name="POST /a", method="POST", path="/a", statuses=frozenset({201})),
            HttpProbe(name="GET /b", path="/b"),
            ExecProbe(name="exec check 'two words'", command=("check", "two words")),
        ),
        healthcheck=False,
        run=RunOptions(
            environment=(("THREE", "file"), ("ONE", "1"), ("TWO", "")),
            volumes=("/a:/b:ro",),
            network="net",
            user="1:2",
            entrypoint=("/e", "f g"),
            command=(),
            workdir="/w",
            hostname="h",
            extra_hosts=("a:192.0.2.1",),
            port=80,
            start_timeout=1.5,
            probe_timeout=2.0,
            settle=3.5,
        ),
        includes=("/x", "/from/list", "/also with space"),
        include_from=(Path("watch.json"),),
        excludes=("*.pyc",),
        repair=1,
        verify=Verification.STATUS,
        debug=DebugImage.FROM_IMAGE,
        debug_from="busybox",
        output="out/",
        report_directory=Path("report"),
        max_size=1_500_000,
        sources=frozenset({Source.NOTIFY}),
    )


@pytest.mark.parametrize(
    ("flags", "field", "value"),
    [
        (["other:2"], "image", "other:2"),
        (["--tag", "flag:1"], "tag", "flag:1"),
        (["--http-probe", "/flag"], "probes", (HttpProbe(name="GET /flag", path="/flag"),)),
        (["--no-healthcheck"], "healthcheck", False),
        (["--include", "/flag"], "includes", ("/file", "/flag")),
        (["--include-from", "flag"], "include_from", (Path("file.json"), Path("flag"))),
        (["--exclude", "/flag"], "excludes", ("/file/not", "/flag")),
        (["--no-debug"], "debug", DebugImage.NONE),
        (["--output", "flag.tar"], "output", "flag.tar"),
        (["--report-dir", "flag"], "report_directory", Path("flag")),
        (["--max-size", "2MB"], "max_size", 2_000_000),
        (["--port", "2222"], "run.port", 2222),
        (["--volume", "/f:/f"], "run.volumes", ("/file:/file", "/f:/f")),
        (["--network", "flag"], "run.network", "flag"),
        (["--user", "flag"], "run.user", "flag"),
        (["--entrypoint", "/flag"], "run.entrypoint", ("/flag",)),
        (["--cmd", "flag"], "run.command", ("flag",)),
        (["--workdir", "/flag"], "run.workdir", "/flag"),
        (["--hostname", "flag"], "run.hostname", "flag"),
        (["--add-host", "f:192.0.2.2"], "run.extra_hosts", ("file:192.0.2.1", "f:192.0.2.2")),
        (["--start-timeout", "21"], "run.start_timeout", 21.0),
        (["--probe-timeout", "22"], "run.probe_timeout", 22.0),
        (["--probe-workers", "8"], "run.probe_workers", 8),
        (["--insecure"], "insecure", True),
        (["--settle", "0"], "run.settle", 0.0),
        (["--repair", "0"], "repair", 0),
        (["--verify", "content"], "verify", Verification.CONTENT),
    ],
)
def test_a_flag_wins_and_the_rest_of_the_file_stays(
    folder: Path, flags: list[str], field: str, value: Any
) -> None:
    (folder / "my.yaml").write_text(FILE)
    expected = options("--file", "my.yaml")
    if field.startswith("run."):
        run = dataclasses.replace(expected.run, **{field.removeprefix("run."): value})
        expected = dataclasses.replace(expected, run=run)
    else:
        expected = dataclasses.replace(expected, **{field: value})
    assert options("--file", "my.yaml", *flags) == expected
    assert expected != options("--file", "my.yaml")


def test_a_later_variable_wins(folder: Path) -> None:
    """The engine takes the last of equal names, as `docker run` does."""
    (folder / "my.yaml").write_text(FILE)
    environment = options("--file", "my.yaml", "--env", "ONE=flag").run.environment
    assert dict(environment) == {"ONE": "flag", "TWO": "file"}


def test_slim_yaml_of_the_current_folder_is_for_runs_that_name_no_image(folder: Path) -> None:
    (folder / "slim.yaml").write_text(FILE)
    assert options().image == "from-file:1"
    assert options("other:1") == BuildOptions(image="other:1")


def test_explorations_win_over_the_file_piece_by_piece(folder: Path) -> None:
    (folder / "slim.yaml").write_text(
        "image: a\ncrawl: {start: /docs, pages: 7, exclude: /x}\nopenapi: /api.json\n"
    )
    assert options().crawl == CrawlOptions(start="/docs", pages=7, excludes=("/x",))
    given = options(
        *("--crawl-pages", "9", "--crawl-depth", "0", "--crawl-time", "3"),
        *("--crawl-exclude", "/y", "--openapi-examples", "2", "--openapi-time", "4", "--insecure"),
    )
    assert given.crawl == CrawlOptions(
        start="/docs", pages=9, depth=0, seconds=3, excludes=("/x", "/y")
    )
    assert given.openapi == OpenApiOptions(source="/api.json", examples=2, seconds=4)
    assert given.insecure
    assert options("--crawl", "/other").crawl == CrawlOptions(
        start="/other", pages=7, excludes=("/x",)
    )


@pytest.mark.parametrize(
    "arguments",
    [("--crawl", "my-app:1"), ("my-app:1", "--crawl"), ("--crawl", "/", "my-app:1")],
)
def test_a_crawl_and_an_image_in_any_order(arguments: tuple[str, ...]) -> None:
    given = options(*arguments)
    assert (given.image, given.crawl) == ("my-app:1", CrawlOptions())


def test_a_description_may_be_a_file(folder: Path) -> None:
    (folder / "api.json").touch()
    assert options("a", "--openapi", "api.json").openapi == OpenApiOptions(
        source="", file=Path("api.json")
    )
    absolute = options("a", "--openapi", str(folder / "api.json")).openapi
    assert absolute == OpenApiOptions(source="", file=folder / "api.json")
    assert options("a", "--openapi", "/api.json").openapi == OpenApiOptions(source="/api.json")


@pytest.mark.parametrize("arguments", [("--crawl-pages", "1"), ("--openapi-time", "1")])
def test_limits_of_what_is_not_done_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="not given"):
        options("a", *arguments)


@pytest.mark.parametrize(
    ("key", "value", "flag", "text", "said"),
    [
        ("port", "70000", "--port", "70000", "70000 is not a TCP port (1 to 65535)"),
        ("port", "eighty", "--port", "eighty", "expected a whole number, found the text `eighty`"),
        ("run.settle", "-1", "--settle", "-1", "expected a number of seconds, found -1"),
        ("run.start_timeout", "0", "--start-timeout", "0", "0 is not a positive number of seconds"),
        ("max_size", "much", "--max-size", "much", "`much` is not a size"),
        ("strategy", "tiny", "--strategy", "tiny", "`tiny` is not one of minimal, balanced, safe"),
        ("run.ulimits", "[a]", "--ulimit", "a", "expected NAME=SOFT[:HARD], found the text `a`"),
        ("run.command", '"it\'s"', "--cmd", "it's", "`it's` is not a command line: No closing"),
        ("plans", "[none]", "--plan", "none", "no ready plan is called `none`"),
    ],
)
def test_a_mistake_is_told_in_the_same_words_wherever_it_is_made(
    folder: Path, key: str, value: str, flag: str, text: str, said: str
) -> None:
    part, _, name = key.rpartition(".")
    (folder / "my.yaml").write_text(
        f"{part}: {{{name}: {value}}}\n" if part else f"{key}: {value}\n"
    )
    with pytest.raises(ConfigurationError) as in_file:
        options("a", "--file", "my.yaml")
    with pytest.raises(UsageError) as in_flag:
        options("a", f"{flag}={text}")
    assert in_file.value.message.partition(": ")[2].startswith(key)
    assert said in in_file.value.message
    assert said in in_flag.value.message
    assert in_file.value.hint == in_flag.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('["node", "x y.js"]', ("node", "x y.js")),
        (" [] ", ()),
        ("[ -f /x ]", ("[", "-f", "/x", "]")),
        ("", ()),
        ("sh -c 'a b'", ("sh", "-c", "a b")),
    ],
)
def test_a_command_is_words_or_a_json_list(text: str, words: tuple[str, ...]) -> None:
    assert options("a", "--cmd", text).run.command == words
    assert options("a", "--entrypoint", text).run.entrypoint == words


@pytest.mark.parametrize("text", ['["node", 1]', '["node"', '["node"] x'])
def test_what_looks_like_a_list_must_be_one(text: str) -> None:
    with pytest.raises(UsageError, match="--cmd: "):
        options("a", "--cmd", text)


def test_flags_can_be_written_for_another_build(folder: Path) -> None:
    """As the pytest plugin does: what they mean is the same."""
    (folder / "my.yaml").write_text(FILE)
    run = dataclasses.replace(
        options("--file", "my.yaml").run,
        entrypoint=(),
        command=("a b", "-c"),
        read_only=True,
        cap_add=("CHOWN", "KILL"),
        security_opts=('seccomp={"a": 1}',),
    )
    assert options("a", *run_flags(run)).run == run


def test_a_seccomp_profile_is_read_where_it_is_named(folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "profile.json").write_text('{"a":\n1}')
    (folder / "below" / "my.yaml").write_text("run: {security_opt: seccomp=profile.json}\n")
    given = options("a", "--file", "below/my.yaml", "--security-opt", "no-new-privileges")
    assert given.run.security_opts == ('seccomp={"a": 1}', "no-new-privileges")


def test_ports_need_not_be_published() -> None:
    (note,) = options("a", "-p", "80:80").notes
    assert "--publish 80:80 has no effect" in note


def test_files_on_the_command_line_must_be_there() -> None:
    with pytest.raises(click.UsageError, match="does not exist"):
        options("a", "--env-file", "none")


def test_an_empty_text_names_no_file() -> None:
    """As a script says it whose variable is not set."""
    assert options("a", "--output", "").output == ""
    assert options("a", "--openapi", "").openapi is None
    with pytest.raises(UsageError, match="--debug-from: expected the name of an image"):
        options("a", "--debug-from", "")
