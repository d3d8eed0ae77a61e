"""Which values are taken out of what an application says, and which words stay."""

from __future__ import annotations

import pytest

from slimmer.probing import Concealment, values_to_conceal
from slimmer.probing.kinds import ExecProbe, HttpProbe


def told(
    text: str, *variables: tuple[str, str], probes: tuple[HttpProbe | ExecProbe, ...] = ()
) -> str:
    return Concealment(values_to_conceal(variables, probes))(text)


@pytest.mark.parametrize(
    ("name", "value", "said", "shown"),
    [
        ("MODE", "hunter2", "mode hunter2!", "mode (hidden)!"),
        ("DB_PASSWORD", "tea4", "as tea4, not tea45", "as (hidden), not tea45"),
        ("DB_PASSWORD", "longer-tea", "xlonger-teax", "x(hidden)x"),
        ("DB_PASSWORD", "a.*b+c(d", "a.*b+c(d aXXb", "(hidden) aXXb"),
        ("DEBUG", "true", "debug is true", "debug is true"),
        ("PORT", "8080", "listening on 8080", "listening on 8080"),
        ("CONFIG", "/etc/app.conf", "no /etc/app.conf", "no /etc/app.conf"),
        ("EMPTY", "", "nothing", "nothing"),
        (
            "DB",
            "postgres://me:s%40cret@db/x",
            "user me, s@cret or s%40cret",
            "user me, (hidden) or (hidden)",
        ),
        ("DB", "postgres://me:s%40cret@db/x", "at postgres://me:s%40cret@db/x", "at (hidden)"),
        ("KEY", "-----BEGIN\nabcdefgh\n", "read abcdefgh", "read (hidden)"),
        ("BAD", "http://[bad", "bad", "bad"),
    ],
)
def test_values_of_variables(name: str, value: str, said: str, shown: str) -> None:
    assert told(said, (name, value)) == shown


def test_the_longest_value_is_hidden_whole() -> None:
    assert told("xyz-secret-one", ("A", "secret-one"), ("B", "xyz-secret-one")) == "(hidden)"


@pytest.mark.parametrize(
    ("probe", "secret"),
    [
        (HttpProbe(name="a", headers=(("Authorization", "Bearer abc123"),)), "abc123"),
        (HttpProbe(name="a", headers=(("X-Api-Key", "abc123"),)), "abc123"),
        (HttpProbe(name="a", body=b'{"user": "ada", "password": "abc123"}'), "abc123"),
        (HttpProbe(name="a", path="/?token=abc123&page=users"), "abc123"),
        (ExecProbe(name="a", command=("client", "--password", "abc123")), "abc123"),
        (ExecProbe(name="a", command=("client", "--token=abc123")), "abc123"),
        (ExecProbe(name="a", command=("client", "Authorization: Basic abc123")), "abc123"),
    ],
)
def test_secrets_of_probes(probe: HttpProbe | ExecProbe, secret: str) -> None:
    assert told(f"got {secret} from ada", probes=(probe,)) == "got (hidden) from ada"


def test_what_a_probe_takes_from_the_environment_is_no_value_of_its_own() -> None:
    probe = HttpProbe(name="a", headers=(("Authorization", "Bearer ${env.TOKEN}"),))
    assert told("${env.TOKEN} TOKEN", probes=(probe,)) == "${env.TOKEN} TOKEN"
