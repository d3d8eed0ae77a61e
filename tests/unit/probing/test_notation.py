"""The short forms of probes mean what the help text says."""

from pathlib import Path

import pytest
import yaml

from slimmer.errors import ConfigurationError, UsageError
from slimmer.probing import literal_secrets, with_unique_names
from slimmer.probing.kinds import ExecProbe, HttpProbe, exec_probe, http_probe
from tests.unit.probing.plan_step import only_step


@pytest.mark.parametrize(
    ("text", "method", "path", "statuses"),
    [
        ("/health", "GET", "/health", set()),
        ("POST:/login", "POST", "/login", set()),
        ("post:/login 302", "POST", "/login", {302}),
        ("GET:/missing 404 410", "GET", "/missing", {404, 410}),
        ("/search?q=a=b&c=POST:/x", "GET", "/search?q=a=b&c=POST:/x", set()),
    ],
)
def test_http_probe(text: str, method: str, path: str, statuses: set[int]) -> None:
    probe = http_probe(text)
    assert (probe.method, probe.path, probe.statuses) == (method, path, statuses)


@pytest.mark.parametrize(
    ("text", "method", "host", "port", "path", "tls"),
    [
        ("/a", "GET", "localhost", None, "/a", False),
        ("http://Shop.example", "GET", "shop.example", None, "/", False),
        ("https://localhost:8443/a?b=c 201", "GET", "localhost", 8443, "/a?b=c", True),
        ("PUT:https://[::1]/a", "PUT", "::1", None, "/a", True),
    ],
)
def test_a_url_says_how_and_by_what_name(
    text: str, method: str, host: str, port: int | None, path: str, *, tls: bool
) -> None:
    probe = http_probe(text)
    assert (probe.method, probe.host, probe.port) == (method, host, port)
    assert (probe.path, probe.tls) == (path, tls)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("health", "/health"),
        ("api/v1?x=1 201", "/api/v1?x=1 201"),
        ("POST /cart", "POST:/cart"),
        ("post cart 302", "POST:/cart 302"),
        ("localhost:3000/health", "http://localhost:3000/health"),
        ("PUT localhost:3000", "PUT:http://localhost:3000/"),
        (":3000/health", "http://localhost:3000/health"),
        ("127.0.0.1:3000/health", "http://localhost:3000/health"),
        ("shop.example:8080/a", "http://shop.example:8080/a"),
    ],
)
def test_what_plainly_means_a_request_is_one(text: str, same: str) -> None:
    assert http_probe(text) == http_probe(same)


@pytest.mark.parametrize(
    "text",
    ["", "FETCH:/x", "FETCH /x", "/a b", "/a 40", "GET:ftp://x/y", "GET", "404", "health:404"],
)
def test_what_is_not_an_http_probe_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        http_probe(text)


def test_a_command_is_split_as_a_shell_splits_words() -> None:
    assert exec_probe("convert 'my file.png' -resize 50% out.jpg").command == (
        "convert",
        "my file.png",
        "-resize",
        "50%",
        "out.jpg",
    )


@pytest.mark.parametrize("text", ["", "  ", "echo 'open"])
def test_what_is_not_a_command_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        exec_probe(text)


def test_names_of_phases_are_unique() -> None:
    probes = with_unique_names((HttpProbe(name="GET /"),) * 3)
    assert [probe.name for probe in probes] == ["GET /", "GET / #2", "GET / #3"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("[ls, '|', wc]", "ls | wc"),
        ("[cat, my file, '&&', 'true']", "cat 'my file' && true"),
        ("[env, A=1, app, '>', /tmp/out]", "env A=1 app > /tmp/out"),
        ("[app, '2>&1', '|', grep, ok]", "app 2>&1 | grep ok"),
        ("[grep, -q, ok, /file, '||', 'false']", "grep -q ok /file || false"),
    ],
)
def test_words_that_only_a_shell_reads_are_refused_with_what_to_write(
    tmp_path: Path, words: str, line: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        only_step(tmp_path, "exec", f"{{command: {words}}}")
    assert "no shell runs a probe" in caught.value.message
    assert caught.value.hint == f'ask for one: ["sh", "-c", "{line}"]'


@pytest.mark.parametrize(
    "words",
    [
        "[sh, -c, 'ls | wc']",
        "[sh, -c, '$0 a', '|']",
        "[timeout, '9', find, /, -exec, ls, '{}', ';']",
        "[grep, '|', /file]",
        "[sort, -t, '|', /file]",
        "[test, a, '>', b]",
        "['|']",
    ],
)
def test_a_word_of_a_shell_may_be_an_argument(tmp_path: Path, words: str) -> None:
    step = only_step(tmp_path, "exec", f"{{command: {words}}}")
    assert isinstance(step, ExecProbe)
    assert step.command == tuple(yaml.safe_load(words))


@pytest.mark.parametrize(
    ("kind", "text", "names"),
    [
        ("http", "{path: /, headers: {Authorization: Bearer x, Accept: '*/*'}}", ["Authorization"]),
        ("http", "{path: /, headers: {Authorization: 'Bearer ${env.TOKEN}'}}", []),
        ("http", "{path: /, form: {user: ann, password: x}}", ["password"]),
        ("websocket", "{path: /, headers: {Cookie: a=b}}", ["Cookie"]),
        ("exec", "{command: ls, environment: {DB_PASSWORD: x, HOME: /}}", ["DB_PASSWORD"]),
    ],
)
def test_secrets_that_a_probe_says_itself(
    tmp_path: Path, kind: str, text: str, names: list[str]
) -> None:
    assert list(literal_secrets(only_step(tmp_path, kind, text))) == names
