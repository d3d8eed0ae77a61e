"""Plans: what a complete one says, how a wrong one is refused, and whether the schema knows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from slimmer.errors import ConfigurationError, UsageError
from slimmer.options import read_options, read_plan, ready_plans, steps_of
from slimmer.probing.form import Upload
from slimmer.probing.kinds import (
    Exchange,
    ExecProbe,
    HostProbe,
    HttpProbe,
    LogProbe,
    SignalProbe,
    TcpProbe,
)
from slimmer.values import Capture, JsonExpectation
from tests.schemas import file_of

SCHEMA = json.loads(file_of("plan").read_text("utf-8"))
COMPLETE = """\
plan: shop
summary: a day
values: {port: 7000, user: ann}
phases:
  - phase: opening
    steps:
      - http: "GET:/health 200"
      - http:
          name: log in
          path: /login
          form: {user: "${user}", password: "${env.SECRET:-none}"}
          files: [{field: picture, file: picture.png, content_type: image/png}]
          status: [200, 302]
          answer_headers: {Content-Type: json}
          json: {"$.a[0]": {b: 1}, $.c: {pattern: '^x'}}
          capture: {token: {json: $.token}, ticket: {header: X-Ticket}, word: 'is (\\w+)'}
      - parallel:
          - http: {path: /a, headers: {Authorization: "Bearer ${token}"}}
          - exec: {command: [echo, "$${HOME}"], user: 0, stdin: hi, environment: {A: b}, timeout: 3}
  - phase: closing
    steps:
      - host: {command: ./tests.sh -v, port: "${port}", tls: true, within: 5}
      - tcp: {port: "${port}", send: "a\\r\\n", expect: "^b"}
      - tcp: {port: 6380, tls: true, insecure: true, send: "PING\r\n", expect: PONG}
      - tcp: {exchange: [{expect_hex: "0d0a"}, {send_hex: "00 ff"}], optional: true}
      - http: {url: "https://shop.example:${port}/${token}", insecure: true, repeat: 1000}
      - log: {line: "closed by ${word}", compare: false}
      - log: ready
      - signal: hup
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    return tmp_path


def write(folder: Path, text: str) -> str:
    (folder / "plan.yaml").write_text(text)
    return str(folder / "plan.yaml")


def valid(text: str) -> bool:
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(text)))


def test_a_complete_plan(folder: Path) -> None:
    plan = read_plan(write(folder, COMPLETE))
    assert valid(COMPLETE)
    health, login, page, command, host, tcp, tls, raw, secured, closed, ready, signal = plan.steps
    assert {step.plan for step in plan.steps} == {"shop"}
    assert [step.phase for step in plan.steps] == ["opening"] * 4 + ["closing"] * 8
    assert (health.name, login.name) == ("opening: GET /health", "opening: log in")
    assert isinstance(login, HttpProbe)
    assert login.method == "POST"
    assert login.form == (("user", "ann"), ("password", "${env.SECRET:-none}"))
    assert login.files == (
        Upload(
            field="picture", filename="picture.png", content=b"\x89PNG", content_type="image/png"
        ),
    )
    assert login.json == (
        JsonExpectation(path="$.a[0]", value='{"b": 1}'),
        JsonExpectation(path="$.c", value="^x", is_pattern=True),
    )
    assert login.captures == (
        Capture(name="token", source="json", expression="$.token"),
        Capture(name="ticket", source="header", expression="X-Ticket"),
        Capture(name="word", source="pattern", expression=r"is (\w+)"),
    )
    assert isinstance(page, HttpProbe)
    assert isinstance(command, ExecProbe)
    assert page.beside == command.beside != 0
    assert page.headers == (("Authorization", "Bearer ${token}"),)
    assert (command.stdin, command.user, command.timeout) == (b"hi", "0", 3)
    assert isinstance(host, HostProbe)
    assert (host.command, host.port, host.within) == (("./tests.sh", "-v"), 7000, 5)
    assert host.tls
    assert host.folder == str(folder)
    assert isinstance(tcp, TcpProbe)
    assert tcp.exchanges == (Exchange(send=b"a\r\n", expect_pattern="^b"),)
    assert isinstance(tls, TcpProbe)
    assert (tls.port, tls.tls, tls.insecure) == (6380, True, True)
    assert isinstance(raw, TcpProbe)
    assert raw.exchanges == (Exchange(expect=b"\r\n"), Exchange(send=b"\0\xff"))
    assert raw.optional
    assert isinstance(secured, HttpProbe)
    assert (secured.host, secured.port, secured.path) == ("shop.example", 7000, "/${token}")
    assert (secured.tls, secured.insecure, secured.repeat) == (True, True, 1000)
    assert isinstance(closed, LogProbe)
    assert not closed.compare
    assert isinstance(ready, LogProbe)
    assert isinstance(signal, SignalProbe)
    assert signal.signal == "SIGHUP"


def test_values_are_replaced(folder: Path) -> None:
    file = write(folder, COMPLETE)
    plan = read_plan(file, {"port": "7001"})
    assert [step.port for step in plan.steps if isinstance(step, TcpProbe)] == [7001, 6380, None]
    with pytest.raises(UsageError, match="no value `prot`"):
        read_plan(file, {"prot": "1"})


def in_steps(step: str) -> str:
    return f"phases:\n  - phase: a\n    steps:\n      - http: /\n      - {step}\n"


@pytest.mark.parametrize(
    ("text", "line", "said", "schema_knows"),
    [
        ("phases: []\n", 1, "expected a list of phases", True),
        ("steps: []\n", 1, "steps: unknown key", True),
        ("phases: [{phase: a, steps: [http: /], stepps: 1}]\n", 1, "did you mean `steps`?", True),
        ("phases:\n  - steps: [http: /]\n", 2, "phase: expected a name", True),
        ("phases:\n  - {phase: boot, steps: [http: /]}\n", 2, "`boot` already", True),
        (
            "phases:\n  - {phase: a, steps: [http: /]}\n  - {phase: a, steps: [http: /]}\n",
            3,
            "a phase `a` already",
            False,
        ),
        ("phases:\n  - phase: a\n    steps: []\n", 3, "expected a list of steps", True),
        (in_steps("htp: /"), 5, "did you mean `http`?", True),
        (in_steps("{http: /, log: x}"), 5, "expected one of `http:`", True),
        (in_steps("http: {path: /, stats: 200}"), 5, "did you mean `status`?", True),
        (in_steps("http: {path: nowhere}"), 5, "is not a path", True),
        (in_steps("http: {body: a, form: {b: c}}"), 5, "a request has one body", False),
        (in_steps("http: {files: [{field: a}]}"), 5, "either `file:` or `content:`", True),
        (in_steps("http: {files: [{field: a, file: none.txt}]}"), 5, "cannot read", False),
        (in_steps("http: {json: {'$.a[': 1}}"), 5, "not a path like", False),
        (in_steps("http: {capture: {a b: x}}"), 5, "letters, digits", True),
        (in_steps("http: {capture: {a: {jsn: x}}}"), 5, "did you mean `json`?", True),
        (in_steps("exec: {command: a, capture: {x: {header: A}}}"), 5, "unknown key", True),
        (in_steps("exec: {command: a, output_pattern: '('}"), 5, "not a regular", False),
        (in_steps("exec: {stdin: a}"), 5, "expected a command", True),
        (in_steps("host: {command: []}"), 5, "expected a command", True),
        (in_steps("tcp: {send: a, send_hex: '00'}"), 5, "either `send:` or", True),
        (in_steps("tcp: {send_hex: 0x}"), 5, "not bytes in hex", True),
        (in_steps("tcp: {port: 70000}"), 5, "not a TCP port", True),
        (in_steps("tcp: {send: a, exchange: [{send: b}]}"), 5, "already says", False),
        (in_steps("log: {timeout: 1}"), 5, "expected a regular expression", True),
        (in_steps("log: '('"), 5, "unterminated subpattern", False),
        (in_steps("signal: HUPP"), 5, "is not a signal", False),
        (in_steps("http: {path: /, within: 0}"), 5, "not a positive number", True),
        (in_steps("http: {path: '/${token}'}"), 5, "nothing gives a value for ${token}", False),
        (in_steps("exec: {command: [sh, -c, 'echo ${HOME}']}"), 5, "write $${HOME}", False),
        (in_steps("http: {url: 'ftp://a/b'}"), 5, "is not an address of the application", True),
        (in_steps("http: {url: 'https://a/b', port: 1}"), 5, "the URL says it already", True),
        (in_steps("http: {path: /, repeat: 0}"), 5, "0 is less than 1", True),
        (in_steps("log: {line: a, repeat: 2}"), 5, "repeat: unknown key", True),
        (in_steps("parallel: http"), 5, "expected a list of steps", True),
        (in_steps("http: {port: '${user}'}\nvalues: {user: ann}"), 5, "whole number", False),
    ],
)
def test_mistakes_name_file_line_and_key(
    folder: Path, text: str, line: int, said: str, *, schema_knows: bool
) -> None:
    file = write(folder, text)
    with pytest.raises(ConfigurationError) as caught:
        read_plan(file)
    assert caught.value.message.startswith(f"{file}:{line}: "), caught.value.message
    assert said in f"{caught.value.message} {caught.value.hint}"
    assert valid(text) is not schema_knows


def test_parallel_steps_cannot_wait_for_each_other(folder: Path) -> None:
    text = in_steps("parallel: [http: {capture: {a: x}}, http: {path: '/${a}'}]")
    with pytest.raises(ConfigurationError, match=r"steps\[1\]\.parallel\[1\]\.http\.path"):
        read_plan(write(folder, text))


def test_a_value_of_an_answer_needs_a_later_step(folder: Path) -> None:
    (folder / "slim.yaml").write_text("probes:\n  - http: {path: /, capture: {a: x}}\n")
    with pytest.raises(ConfigurationError, match=r"slim\.yaml:2: .*no later step"):
        read_options(folder / "slim.yaml")


@pytest.mark.parametrize("listed", ["[plan.yaml]", "plan.yaml", "[{plan: plan.yaml}]"])
def test_plans_in_slim_yaml(folder: Path, listed: str) -> None:
    write(folder, COMPLETE)
    (folder / "slim.yaml").write_text(f"probes: [http: /]\nplans: {listed}\nchecks: [http: /]\n")
    options = read_options(folder / "slim.yaml")
    assert [probe.plan for probe in options.probes] == ["", *["shop"] * 12]
    assert [probe.name for probe in options.checks] == ["GET / #2"]


def test_a_wrong_plan_in_slim_yaml(folder: Path) -> None:
    for listed, said in {
        "[redsi]": "slim.yaml:1: plans[0]: no ready plan is called `redsi`",
        "[{plan: redis, values: {prt: 1}}]": "slim.yaml:1: plans[0]: the plan redis has no value",
        "[none.yaml]": "cannot read",
    }.items():
        (folder / "slim.yaml").write_text(f"plans: {listed}\n")
        with pytest.raises(ConfigurationError) as caught:
            read_options(folder / "slim.yaml")
        assert said in caught.value.message


def test_two_plans_of_one_name(folder: Path) -> None:
    plan = read_plan(write(folder, COMPLETE))
    with pytest.raises(UsageError, match="two plans are called `shop`"):
        steps_of([plan, plan])


@pytest.mark.parametrize("name", ready_plans())
def test_the_ready_plans(name: str) -> None:
    plan = read_plan(name)
    assert plan.name == name
    assert plan.summary
    assert not plan.steps[0].optional, "the first step waits until the server is ready"
    document: Any = yaml.safe_load(ready_plans()[name].read_text("utf-8"))
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)


def test_a_plan_for_each_well_known_server() -> None:
    wanted = "apache haproxy mariadb memcached mosquitto nginx postgresql rabbitmq redis"
    assert list(ready_plans()) == wanted.split()


def test_a_header_that_cannot_be_sent_is_refused_without_its_value(tmp_path: Path) -> None:
    """`|` of YAML ends a text with a line break."""
    file = tmp_path / "plan.yaml"
    file.write_text(
        "phases:\n  - phase: a\n    steps:\n      - http:\n          path: /\n"
        "          headers:\n            Authorization: |\n              Bearer s3cret\n"
    )
    with pytest.raises(ConfigurationError, match=r"headers\.Authorization: .*line break") as caught:
        read_plan(str(file))
    assert "s3cret" not in str(caught.value)
