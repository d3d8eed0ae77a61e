"""What is shown of probes, in reports, names and logs, has no secrets in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from slimmer.probing import literal_secrets, shown_words, without_secrets
from slimmer.probing.kinds import (
    Exchange,
    ExecProbe,
    GrpcProbe,
    HttpProbe,
    ReplayProbe,
    TcpProbe,
    exec_probe,
    http_probe,
)
from slimmer.values import HttpRequest, Probe

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["app", "--token", SECRET, "--user", "ann"], "app --token (hidden) --user ann"),
        (["app", f"--api-key={SECRET}", "-v"], "app --api-key=(hidden) -v"),
        (["env", f"DB_PASSWORD={SECRET}", "app"], "env DB_PASSWORD=(hidden) app"),
        (["app", "--password", "--quiet"], "app --password --quiet"),
        (
            ["curl", "-H", f"Authorization: Bearer {SECRET}", "http://localhost/"],
            "curl -H Authorization: Bearer (hidden) http://localhost/",
        ),
        (
            ["curl", f"http://ann:{SECRET}@localhost/?page=2&access_token={SECRET}#top"],
            "curl http://(hidden)@localhost/?page=2&access_token=(hidden)#top",
        ),
        (["sort", "-t", "|", "/tokens?"], "sort -t | /tokens?"),
    ],
)
def test_commands(words: list[str], shown: str) -> None:
    assert " ".join(shown_words(words)) == shown


PROBES: dict[str, Callable[[], Probe]] = {
    "query": lambda: http_probe(f"POST:/login?next=/&token={SECRET}"),
    "command": lambda: exec_probe(f"app --token {SECRET}"),
    "body": lambda: HttpProbe(
        name="login", path="/", body=f'{{"password": "{SECRET}"}}'.encode(), method="POST"
    ),
    "message": lambda: GrpcProbe(name="login", path="/Shop/Log", message=f'{{"token":"{SECRET}"}}'),
}


@pytest.mark.parametrize("kind", PROBES)
def test_a_secret_is_not_shown_and_is_named(kind: str) -> None:
    probe = PROBES[kind]()
    assert SECRET not in probe.name + probe.request
    assert list(literal_secrets(probe)), "nobody is told that a saved trace is without it"


def test_what_is_sent_over_tcp_is_told_by_its_size() -> None:
    login = TcpProbe(name="tcp 6379", exchanges=(Exchange(send=f"AUTH {SECRET}".encode()),))
    assert login.request == "11 bytes sent"


def test_what_is_no_secret_is_shown_as_it_was_written() -> None:
    probe = exec_probe("sh -c 'echo  a | wc'")
    assert (probe.name, probe.request) == ("exec sh -c 'echo  a | wc'", "sh -c 'echo  a | wc'")
    assert http_probe("/shop?page=2&q=").request == "GET /shop?page=2&q="
    assert list(literal_secrets(probe)) == []
    handed_on = ExecProbe(name="x", command=("app", "--token", "${env.TOKEN}"))
    assert list(literal_secrets(handed_on)) == []


SAID: dict[str, Callable[[str], Probe]] = {
    "header": lambda word: HttpProbe(name="a", headers=(("Authorization", f"Bearer {word}"),)),
    "cookie": lambda word: HttpProbe(name="a", headers=(("Cookie", f"sid={word}"),)),
    "form": lambda word: HttpProbe(name="a", form=(("user", "ann"), ("password", word))),
    "query": lambda word: HttpProbe(name="a", path=f"/?page=2&token={word}"),
    "body": lambda word: HttpProbe(name="a", body=b"\xff" + f'{{"password": "{word}"}}'.encode()),
    "message": lambda word: GrpcProbe(name="a", message=f'{{"token":"{word}"}}'),
    "command": lambda word: ExecProbe(name="a", command=("app", "--token", word, "--all")),
    "stdin": lambda word: ExecProbe(name="a", command=("app",), stdin=f"password={word}".encode()),
    "exchange": lambda word: TcpProbe(
        name="a", exchanges=(Exchange(send=b"hi"), Exchange(send=f"PASSWORD: {word}".encode()))
    ),
    "request": lambda word: ReplayProbe(
        name="a", requests=(HttpRequest(path="/"), HttpRequest(path=f"/?session={word}"))
    ),
}


@pytest.mark.parametrize("kind", SAID)
def test_a_probe_without_its_secrets_is_the_same_otherwise(kind: str) -> None:
    probe = SAID[kind](SECRET)
    assert list(literal_secrets(probe))
    hidden = without_secrets(probe)
    assert SECRET not in repr(hidden)
    assert without_secrets(hidden) == hidden
    assert repr(hidden).replace("(hidden)", SECRET) == repr(SAID[kind](SECRET))


@pytest.mark.parametrize("kind", SAID)
def test_what_stands_for_a_secret_stays(kind: str) -> None:
    probe = SAID[kind]("${env.TOKEN}")
    assert without_secrets(probe) == probe
    assert not list(literal_secrets(probe))
