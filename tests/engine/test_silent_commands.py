"""Whether a command that says nothing is at work, or waits, is read from what its processes do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import NotListeningError
from slimmer.trace.run.settling import LOOK, QUIET
from slimmer.trace.wire.records import Activity
from slimmer.trace.wire.trace import read_records
from tests.engine.conftest import BUSYBOX, MINIMAL, Ran

pytestmark = pytest.mark.engine

COMPUTE = b"""\
read -r now rest </proc/uptime
end=$((${now%.*} + 9))
while [ ${now%.*} -lt $end ]; do
    step=0
    while [ $step -lt 20000 ]; do step=$((step + 1)); done
    read -r now rest </proc/uptime
done
"""
"""Nine seconds without a path that is new."""


@pytest.fixture(scope="module")
def silent(image: Callable[..., str]) -> Callable[..., str]:
    """An image whose command is a line for the shell."""

    def made(line: str, *instructions: str) -> str:
        dockerfile = (
            f"FROM {BUSYBOX}", "COPY compute /compute",
            "RUN mkdir /www && echo 42 >/answer && echo 43 >/question && mkfifo /work",
            *instructions, f"CMD {json.dumps(['sh', '-c', line])}",
        )  # fmt: skip
        return image("\n".join(dockerfile), {"compute": COMPUTE})

    return made


@pytest.fixture
def looks(tmp_path: Path) -> Callable[[], list[Activity]]:
    """What the sensor has told of the threads in the build before, look by look."""

    def read() -> list[Activity]:
        (trace,) = tmp_path.glob("slim-report/*/trace")
        return [record for record in read_records(trace) if isinstance(record, Activity)]

    return read


def kept(ran: Ran) -> set[Any]:
    return {entry["path"] for entry in ran.report["kept"]}


def test_a_command_that_computes_for_long_before_its_last_step(
    slim: Callable[..., Ran], silent: Callable[..., str]
) -> None:
    """It is a job as long as it is at work, whether it looks up anything or not."""
    name = silent(". /compute; cat /answer")
    ran = slim("build", name, *MINIMAL, "--exec-probe", "cat /question")
    assert "/answer" in kept(ran)
    assert ran.report["trace"]["exit_status"] == 0


def test_a_command_that_computes_for_too_long_is_told_of(
    slim: Callable[..., Ran], silent: Callable[..., str]
) -> None:
    name = silent(". /compute; cat /answer")
    ran = slim("build", name, *MINIMAL, "--exec-probe", "cat /question", "--start-timeout", "4")
    assert "/answer" not in kept(ran)
    (note,) = (note for note in ran.notes if "still at work after 4 s" in note)
    assert "raise --start-timeout" in note
    assert "may end by itself: it computes (at most 4 s)" in ran.stderr


@pytest.mark.parametrize(
    "line", ["read work <>/work", "sleep 3600", "read work <>/work & wait"],
    ids=["waits", "sleeps", "waits-for-children"],
)  # fmt: skip
def test_a_worker_without_work_is_known_at_once(
    slim: Callable[..., Ran],
    silent: Callable[..., str],
    looks: Callable[[], list[Activity]],
    line: str,
) -> None:
    """By the clock it would be looked at for longer."""
    ran = slim("build", silent(line), *MINIMAL, "--exec-probe", "cat /question")
    assert ran.passed("slim") == ["exec cat /question"]
    assert ran.report["trace"]["exit_status"] is None
    assert 2 <= len(looks()) < QUIET / LOOK / 2
    assert all(seen.running == 0 for seen in looks()[-2:])


def test_a_worker_that_looks_for_work_now_and_then_is_watched_by_the_clock(
    slim: Callable[..., Ran], silent: Callable[..., str], looks: Callable[[], list[Activity]]
) -> None:
    name = silent("while :; do sleep 1; done")
    ran = slim("build", name, *MINIMAL, "--exec-probe", "cat /question")
    assert ran.report["trace"]["exit_status"] is None
    first, last = looks()[0], looks()[-1]
    assert last.time - first.time > (QUIET - 1) * 1e9


SERVE = "httpd -p 9000 -h /www"


def test_an_application_that_computes_before_it_listens_is_waited_for(
    slim: Callable[..., Ran], silent: Callable[..., str]
) -> None:
    """Though it listens elsewhere already."""
    name = silent(f"{SERVE}; . /compute; exec httpd -f -p 8080 -h /www", "EXPOSE 8080")
    ran = slim("build", name, *MINIMAL, "--http-probe", "/ 404")
    assert ran.passed("slim")


def test_a_command_of_ours_may_stir_what_waits(
    slim: Callable[..., Ran], silent: Callable[..., str]
) -> None:
    """Though it listens, if only to itself, and waits in between."""
    stirred = "for time in 1 2 3 4; do read work; done <>/work; : >/tmp/done"
    name = silent(f"httpd -p 127.0.0.1:9000 -h /www; {stirred}; read work <>/work")
    probe = "sh -c 'echo work >>/work; test -e /tmp/done'"
    ran = slim("build", name, *MINIMAL, "--exec-probe", probe, "--verify", "off")
    assert ran.code == 0, ran.stderr


def test_an_application_that_listens_elsewhere_and_waits_is_hopeless_at_once(
    slim: Callable[..., Ran], silent: Callable[..., str], tmp_path: Path
) -> None:
    name = silent(f"{SERVE}; read work <>/work", "EXPOSE 8080")
    ran = slim("build", name, *MINIMAL, "--http-probe", "/ 404", "--start-timeout", "120")
    assert ran.code == NotListeningError.exit_code
    assert "listens on 9000" in ran.stderr
