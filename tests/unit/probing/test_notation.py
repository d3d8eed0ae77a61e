"""The short forms of probes mean what the help text says."""

import pytest

from slimmer.errors import UsageError
from slimmer.probing import with_unique_names
from slimmer.probing.kinds import HttpProbe, exec_probe, http_probe


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


@pytest.mark.parametrize("text", ["", "health", "FETCH:/x", "/a b", "/a 40", "GET:ftp://x/y"])
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
