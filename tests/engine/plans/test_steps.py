"""Plans on real containers: every kind of step, on the original under trace and on what is made of
it; phases in reasons and in saved traces; nothing left running."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from slimmer.trace.saved import read_saved_trace
from tests.engine.conftest import BUSYBOX, MINIMAL, Ran

pytestmark = pytest.mark.engine

SHOP = b"""\
#!/bin/sh
# A shop: who logs in gets a cookie and a token, and may then put things into it.
body=$(cat)
case $PATH_INFO in
/login)
    echo 'Set-Cookie: session=s-1; Path=/'
    echo 'Content-Type: application/json'
    echo 'X-Ticket: t-7'
    echo
    echo '{"token": "k+9", "stalls": [{"name": "tea", "open": true}]}'
    ;;
/basket)
    case $HTTP_COOKIE in
    *session=s-1*) printf 'Content-Type: text/plain\\n\\n' ;;
    *) printf 'Status: 403 Forbidden\\nContent-Type: text/plain\\n\\n' ;;
    esac
    cat /srv/basket.txt
    echo "$REQUEST_METHOD $CONTENT_TYPE token=$HTTP_X_TOKEN ticket=$HTTP_X_TICKET body=$body"
    ;;
esac
"""
START = b"""\
#!/bin/sh
trap 'cat /srv/reload.txt; echo settings read again' HUP
trap 'exit 0' TERM
nc -ll -p 7000 -e /srv/tell &
httpd -f -p 8080 -h /www &
echo the shop is open as $SHOP_NAME
while :; do wait; done
"""
TELL = b"""\
#!/bin/sh
read word
cat "/srv/$word.txt"
"""
PLAN = """\
plan: shop
summary: a shop's whole day
values: {price: "3"}
phases:
  - phase: opening
    steps:
      - http: /
      - log: open as ${env.SHOP_NAME}
  - phase: buying
    steps:
      - http:
          path: /cgi-bin/shop/login
          form: {user: ann, password: "a b&c"}
          answer_headers: {Content-Type: json}
          json: {"$.stalls[0].name": tea, "$.stalls[0].open": true, "$.token": {pattern: '^k'}}
          capture: {token: {json: $.token}, ticket: {header: X-Ticket}}
      - parallel:
          - http:
              name: with a file
              path: /cgi-bin/shop/basket
              headers: {X-Token: "${token}", X-Ticket: "${ticket}"}
              form: {price: "${price}"}
              files: [{field: list, file: list.txt}]
              body_pattern: token=${token} ticket=t-7 (.|\\n)*two eggs
          - http:
              name: with JSON
              path: /cgi-bin/shop/basket
              body_json: {price: "${price}"}
              body_pattern: 'POST application/json token= ticket= body=\\{"price": "3"\\}'
  - phase: the back door
    steps:
      - exec:
          command: [sh, -c, 'echo $${HOME} $PRICE; id -u; read line; grep "$line" /srv/back.txt']
          user: "1"
          stdin: "back"
          environment: {PRICE: "${price}"}
          output_pattern: "/ 3\\n1\\n(?s:.*)back"
          capture: {word: 'the word is (\\w+)'}
      - tcp:
          port: 7000
          send: "${word}\\n"
          expect: told by \\w+
      - tcp:
          port: 7000
          exchange: [{send_hex: 68 65 78 0a, expect_hex: 68 65 78}]
      - parallel:
          - exec: {name: waits, command: [sh, -c, 'mkfifo /tmp/f; cat /tmp/f'], output_pattern: met}
          - exec:
              name: comes
              command: [sh, -c, 'until [ -p /tmp/f ]; do :; done; echo met >/tmp/f']
  - phase: new settings
    steps:
      - signal: HUP
      - log: settings read again
  - phase: from outside
    steps:
      - host:
          command: [sh, -c, 'exec 3<>/dev/null; python3 "$0" "$WORD"', ./outside.py]
          environment: {WORD: "${word}"}
          output_pattern: '^200 secret'
  - phase: what this shop has not
    steps:
      - http: {path: /no-such-page, optional: true}
"""
OUTSIDE = """\
import os, sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
with opener.open(os.environ["SLIM_TARGET_URL"] + "/outside.html") as answer:
    print(answer.status, sys.argv[1], answer.read().decode())
"""
FILES = {
    "basket": "a basket",
    "reload": "reloading",
    "secret": "told by tcp",
    "hex": "hex",
    "back": "back: the word is secret",
}


@pytest.fixture(scope="module")
def shop(image: Callable[..., str]) -> str:
    """Each phase needs a file that no other does."""
    texts = "".join(f"RUN echo '{text}' >/srv/{name}.txt\n" for name, text in FILES.items())
    return image(
        f"FROM {BUSYBOX}\n"
        "COPY shop /www/cgi-bin/shop\nCOPY start tell /srv/\n"
        f"RUN echo hello >/www/index.html && echo outside >/www/outside.html\n{texts}"
        'ENV SHOP_NAME=corner\nEXPOSE 8080\nCMD ["/srv/start"]\n',
        {"shop": SHOP, "start": START, "tell": TELL},
    )


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / "list.txt").write_text("two eggs\n")
    (tmp_path / "outside.py").write_text(OUTSIDE)
    file = tmp_path / "shop.yaml"
    file.write_text(PLAN)
    return file


def phases_that_saw(report: dict[str, object], path: str) -> set[str]:
    (kept,) = (each for each in report["kept"] if each["path"] == path)  # type: ignore[attr-defined]
    details = " ".join(reason["detail"] for reason in kept["reasons"])
    return {phase for phase in PHASES if f"phase {phase}" in details}


PHASES = ("opening", "buying", "the back door", "new settings", "from outside")


def test_every_kind_of_step(slim: Callable[..., Ran], shop: str, plan: Path) -> None:
    ran = slim("build", shop, *MINIMAL, "--plan", str(plan), "--save-trace", "shop.trace")
    report = ran.report
    names = ran.passed("original")
    assert names == ran.passed("slim")
    assert len(names) == 13
    assert names[0] == "opening: GET /"
    assert [phase["name"] for phase in report["trace"]["phases"]] == [
        *("boot", *PHASES, "what this shop has not", "shutdown")
    ]
    for path, phase in {
        "/srv/basket.txt": "buying",
        "/srv/secret.txt": "the back door",
        "/srv/back.txt": "the back door",
        "/srv/reload.txt": "new settings",
        "/www/outside.html": "from outside",
    }.items():
        assert phases_that_saw(report, path) == {phase}, path
    covered = {phase["name"]: phase["new_files"] for phase in report["coverage"]["phases"]}
    assert all(covered[phase] for phase in PHASES[1:])
    secret, optional = ran.notes
    assert "optional steps of the plan shop" in optional
    assert "no-such-page" in optional
    assert "shop.trace has the probe `buying: POST /cgi-bin/shop/login` without password" in secret


def test_a_saved_trace_holds_every_kind_but_runs_nothing_here(
    slim: Callable[..., Ran], shop: str, plan: Path, tmp_path: Path
) -> None:
    # What a variable stands for is not in the trace, and not cut off with all that follows it.
    plan.write_text(PLAN.replace('"a b&c"', '"${env.PASSWORD}"'))
    build = ("build", shop, *MINIMAL, "--env", "PASSWORD=a b&c")
    first = slim(*build, "--plan", str(plan), "--save-trace", "shop.trace")
    saved = read_saved_trace(tmp_path / "shop.trace")
    assert {probe.kind for probe in saved.probes} == {
        "http", "exec", "host", "tcp", "log", "signal",
    }  # fmt: skip
    alone = slim(*build, "--from-trace", "shop.trace")
    assert alone.passed("slim") == [
        name for name in first.passed("slim") if not name.startswith("from outside")
    ]
    assert "run on this machine are skipped" in " ".join(alone.notes)
    # Not passed over as an image that has passed before.
    again = ("--verify", "status")
    named = slim(*build, *again, "--from-trace", "shop.trace", "--plan", str(plan))
    assert named.passed("slim") == first.passed("slim")
    assert named.report["slim"]["id"] == first.report["slim"]["id"]


def test_what_only_a_plan_uses_is_missed_without_it(
    slim: Callable[..., Ran], shop: str, plan: Path, tmp_path: Path
) -> None:
    """The plan is what finds these files: a check by the same steps fails where it did not run."""
    (tmp_path / "slim.yaml").write_text(
        f'image: {shop}\nprobes: [http: /]\nchecks: [tcp: {{port: 7000, send: "secret\\n", '
        "expect: told}]\nstrategy: minimal\ndebug: false\nrepair: 0\n"
    )
    ran = slim("build")
    assert ran.code == 13
    assert "tcp 7000" in ran.stderr


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("http: {path: /, body_pattern: goodbye}", "body does not match /goodbye/"),
        ("http: {path: /, capture: {word: 'no (such)'}}", "nothing to take ${word} from"),
        ("http: {path: /, answer_headers: {X-No: x}}", "no header X-No"),
        ("http: {path: /, json: {$.a: 1}}", "the body is not JSON"),
        ('tcp: {port: 7000, send: "secret\\n", expect: other}', "was closed before /other/ came"),
        ("tcp: {port: 7009}", "nothing listens on port 7009"),
        ("log: {line: never said, timeout: 0.5}", "no such line within 0.5 s"),
        ("exec: {command: [sh, -c, exit 3]}", "exit status 3"),
        ("host: {command: [sleep, '600'], timeout: 0.5}", "did not end within 0.5 s"),
        ("host: ./no-such-program", "No such file"),
    ],
)
def test_a_step_that_fails_ends_the_build(
    slim: Callable[..., Ran],
    shop: str,
    tmp_path: Path,
    unchanged: Callable[[], object],
    step: str,
    said: str,
) -> None:
    (tmp_path / "wrong.yaml").write_text(
        f"phases: [{{phase: first, steps: [http: /]}}, {{phase: second, steps: [{{{step}}}]}}]\n"
    )
    unchanged()
    ran = slim("build", shop, *MINIMAL, "--plan", "wrong.yaml")
    assert ran.code in (8, 9), ran.stderr
    assert said in ran.stderr
    assert "second: " in ran.stderr or "7009" in said


def test_a_container_that_ends_in_the_middle(
    slim: Callable[..., Ran], shop: str, tmp_path: Path
) -> None:
    (tmp_path / "end.yaml").write_text(
        "phases: [{phase: end, steps: [http: /, signal: TERM,"
        " {log: {line: never said, timeout: 60}}]}]\n"
    )
    ran = slim("build", shop, *MINIMAL, "--plan", "end.yaml")
    assert ran.code == 7, ran.stderr
    assert "before its probes were done" in ran.stderr


def test_input_for_a_command_of_a_container_of_its_own(
    slim: Callable[..., Ran], image: Callable[..., str], tmp_path: Path
) -> None:
    name = image(f"FROM {BUSYBOX}\nRUN echo yes >/known\nCMD true\n")
    (tmp_path / "slim.yaml").write_text(
        f"image: {name}\ndebug: false\nstrategy: minimal\nprobes:\n"
        '  - exec: {command: [sh, -c, \'read f; cat "$f"; echo $EXTRA\'], stdin: "/known\\n",\n'
        "           environment: {EXTRA: more}, output_pattern: 'yes\\nmore'}\n"
    )
    ran = slim("build", "--json")
    assert ran.passed("original") == ran.passed("slim")
