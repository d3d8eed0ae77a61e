"""Which probes a run has, and why an original does not do what they expect."""

from __future__ import annotations

import dataclasses
import ipaddress
import signal
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from slimmer.engine import stop_signal
from slimmer.errors import (
    CommandNotFoundError,
    NotListeningError,
    OriginalExitedError,
    OriginalProbeError,
    SlimError,
    UsageError,
)
from slimmer.probing.kinds import ExecProbe, HttpProbe
from slimmer.trace.run.examination import planned_probes, run_to_the_end
from slimmer.trace.run.explanation import (
    COMPLAINT,
    ended_early,
    failed_probe,
    killed_for_memory,
)
from slimmer.trace.wire.records import Listening
from slimmer.values import Original, ProbeResult, RunOptions

CHECK = {"Healthcheck": {"Test": ["CMD", "/check"]}}
HTTP = HttpProbe(name="GET /", path="/")
COMMAND = ExecProbe(name="exec check", command=("check",))


def original(config: Mapping[str, Any]) -> Original:
    return Original(
        reference="my-app:1",
        id="sha256:1",
        config=config,
        architecture="amd64",
        variant="",
        os="linux",
        created="",
        size=1,
        layers=(),
    )


@pytest.mark.parametrize(
    ("config", "given", "run", "names"),
    [
        ({}, (), RunOptions(), []),
        ({"ExposedPorts": {"80/tcp": {}}}, (), RunOptions(), ["GET /"]),
        ({"ExposedPorts": {"53/udp": {}}}, (), RunOptions(), []),
        ({}, (), RunOptions(port=80), ["GET /"]),
        ({"ExposedPorts": {"80/tcp": {}}, **CHECK}, (), RunOptions(), ["healthcheck"]),
        (CHECK, (HTTP,), RunOptions(), ["GET /", "healthcheck"]),
        (CHECK, (COMMAND,), RunOptions(), ["healthcheck", "exec check"]),
        (CHECK, (HTTP, COMMAND), RunOptions(), ["GET /", "healthcheck", "exec check"]),
        ({"ExposedPorts": {"80/tcp": {}}}, (COMMAND,), RunOptions(), ["exec check"]),
    ],
)
def test_planned_probes(
    config: dict[str, Any], given: tuple[Any, ...], run: RunOptions, names: list[str]
) -> None:
    planned = planned_probes(original(config), given, run, healthcheck=True)
    assert [probe.name for probe in planned] == names


def test_a_healthcheck_that_is_not_wanted() -> None:
    config = {"ExposedPorts": {"80/tcp": {}}, **CHECK}
    planned = planned_probes(original(config), (), RunOptions(), healthcheck=False)
    assert [probe.name for probe in planned] == ["GET /"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (None, signal.SIGTERM),
        ("SIGQUIT", signal.SIGQUIT),
        ("quit", signal.SIGQUIT),
        ("3", signal.SIGQUIT),
        ("SIGRTMIN+3", signal.SIGRTMIN + 3),
        ("RTMIN", signal.SIGRTMIN),
        ("SIGNONSENSE", signal.SIGTERM),
        ("SIGRTMIN+x", signal.SIGTERM),
    ],
)
def test_stop_signal(text: str | None, number: int) -> None:
    assert stop_signal({"StopSignal": text}) == number


class Migration:
    """A job that is at work for some seconds, of a clock of its own, and ends; or waits then."""

    def __init__(self, seconds: float, *, ends: bool = True) -> None:
        self._left, self._ends = seconds, ends

    def wait_for_exit(self, timeout: float) -> int | None:
        """Time passes."""
        self._left -= timeout
        return 0 if self._left <= 0 and self._ends else None

    def wait_while_busy(self, timeout: float) -> int | None:
        """The same; once it waits, nobody waits for it."""
        return self.wait_for_exit(timeout)


def test_a_job_that_is_at_work_gets_longer_to_end() -> None:
    """As `migrate` on a machine that builds other images, too; a limit of the user's is one."""
    assert run_to_the_end(Migration(200), "my-app:1", RunOptions()) == 0
    with pytest.raises(UsageError, match="still runs") as caught:
        run_to_the_end(Migration(200), "my-app:1", RunOptions(start_timeout=90))
    assert "--start-timeout SECONDS" in caught.value.hint
    with pytest.raises(UsageError):
        run_to_the_end(Migration(20, ends=False), "my-app:1", RunOptions())


@dataclasses.dataclass(frozen=True, kw_only=True)
class Observed:
    """What is known of a target when a probe has failed."""

    status: int | None = None
    listens: tuple[tuple[str, int], ...] = ()
    said: str = "the last line"
    end: SlimError | None = None

    def cause(self) -> SlimError | None:
        return self.end

    def exit_status(self) -> int | None:
        return self.status

    def logs(self) -> str:
        return self.said

    def port(self) -> int | None:
        return 8080

    def listening(self) -> list[Listening]:
        return [
            Listening(time=0, address=ipaddress.ip_address(address), port=port)
            for address, port in self.listens
        ]


def failed(probe: HttpProbe | ExecProbe, **answer: Any) -> ProbeResult:
    return ProbeResult(probe=probe, passed=False, **{"answer": "what it got", **answer})


REFUSED = failed(HTTP, answered=False, answer="connection refused")


@pytest.mark.parametrize(
    ("observed", "result", "error", "message", "hint"),
    [
        (Observed(status=3), REFUSED, OriginalExitedError, "ended with status 3", "--env"),
        (Observed(status=139), REFUSED, OriginalExitedError, "crashed with status 139", "--env"),
        (Observed(), REFUSED, NotListeningError, "does not listen on port 8080", "--port"),
        (
            Observed(listens=(("0.0.0.0", 9000), ("127.0.0.1", 1))),
            REFUSED,
            NotListeningError,
            "listens on 9000",
            "--port 9000",
        ),
        (
            Observed(listens=(("0.0.0.0", 9000),)),
            failed(replace(HTTP, port=9999), answered=False),
            NotListeningError,
            "nothing listens on port 9999",
            "let it name 9000",
        ),
        (
            Observed(listens=(("127.0.0.1", 8080),)),
            REFUSED,
            NotListeningError,
            "loopback only",
            "0.0.0.0",
        ),
        (
            Observed(listens=(("::ffff:127.0.0.1", 8080),)),
            REFUSED,
            NotListeningError,
            "loopback only",
            "0.0.0.0",
        ),
        (Observed(listens=(("::", 8080),)), REFUSED, OriginalProbeError, "refused", "above"),
        (
            Observed(listens=(("::", 8080), ("::", 8053))),
            REFUSED,
            OriginalProbeError,
            "(port 8080)",
            "it listens on 8053 too: --port",
        ),
        (
            Observed(listens=(("0.0.0.0", 8080),), end=killed_for_memory("64m", "")),
            REFUSED,
            OriginalExitedError,
            "the 64m of --memory",
            "raise --memory",
        ),
        (Observed(), failed(COMMAND, exit_status=137), OriginalProbeError, "check", "memory"),
        (Observed(status=137), REFUSED, OriginalExitedError, "was killed", "dmesg"),
        (
            Observed(listens=(("0.0.0.0", 8080),)),
            failed(replace(HTTP, tls=True, host="shop", port=8443), answer="404 Not Found"),
            OriginalProbeError,
            "404 Not Found (port 8443)",
            '"GET:https://shop:8443/ 404"',
        ),
        (
            Observed(listens=(("0.0.0.0", 8080),)),
            failed(replace(HTTP, tls=True), answer="its certificate is not trusted: expired"),
            OriginalProbeError,
            "not trusted",
            "--insecure",
        ),
        (
            Observed(listens=(("0.0.0.0", 8080),)),
            failed(HTTP, answer="the port speaks TLS: ask for https://"),
            OriginalProbeError,
            "speaks TLS",
            "scheme of its URL",
        ),
        (
            Observed(),
            failed(COMMAND, exit_status=127),
            CommandNotFoundError,
            "check cannot be run",
            "sh -c",
        ),
        *(
            (
                Observed(),
                replace(failed(COMMAND, exit_status=127), excerpt=complaint),
                CommandNotFoundError,
                "found no [[",
                "--no-healthcheck",
            )
            for complaint in (
                "/bin/sh: 1: [[: not found",
                "x\nsh: line 1: [[: command not found",
                "/bin/sh: [[: not found",
            )
        ),
        (Observed(), failed(COMMAND, exit_status=1), OriginalProbeError, "exec check", "must work"),
        (
            Observed(status=1),
            failed(COMMAND, exit_status=1),
            OriginalExitedError,
            "ended with status 1",
            "--env",
        ),
    ],
)
def test_why_a_probe_failed(
    observed: Observed, result: ProbeResult, error: type[SlimError], message: str, hint: str
) -> None:
    told = failed_probe(observed, result, RunOptions())
    assert type(told) is error
    assert message in told.message
    assert hint in told.hint


HINTS = [
    ("500 Internal Server Error, 3 bytes", ("--env", "--compose"), "--start-timeout"),
    ("502 Bad Gateway", ("--env", "--compose"), ""),
    ("its certificate is not trusted: expired", ("--insecure",), "--start-timeout"),
    ("it asks for a client's certificate", ("`host:`", "--cert"), "--start-timeout"),
    ("no TLS version or cipher in common (NO_SHARED_CIPHER)", ("`host:`",), "--start-timeout"),
    ("the connection was closed without an answer", ("hangs up", "`tcp:`"), "--start-timeout"),
    ("the answer broke off", ("in the middle of its answer",), "--start-timeout"),
    ("not an HTTP answer (BadStatusLine)", ("--port", "--grpc-probe"), "--start-timeout"),
    ("no answer in time", ("--probe-timeout", "--start-timeout"), ""),
    ("connection refused", ("--start-timeout",), "--probe-timeout"),
    ("404 Not Found", ('"GET:/ 404"',), "--start-timeout"),
]


@pytest.mark.parametrize(("answer", "named", "unnamed"), HINTS, ids=[each[0] for each in HINTS])
def test_what_to_do_is_said_for_each_cause(
    answer: str, named: tuple[str, ...], unnamed: str
) -> None:
    observed = Observed(listens=(("0.0.0.0", 8080),))
    result = failed(HTTP, answer=answer, answered=answer[0] in "45i")

    told = failed_probe(observed, result, RunOptions(), first=True)

    assert all(word in told.hint for word in named), told.hint
    assert not unnamed or unnamed not in told.hint
    assert "the last line" in told.details


def test_time_is_no_cause_once_the_application_was_there() -> None:
    for answer in ("connection refused", "no answer in time"):
        result = failed(HTTP, answer=answer, answered=False)
        told = failed_probe(Observed(listens=(("::", 8080),)), result, RunOptions())
        assert "--start-timeout" not in told.hint


def test_a_command_that_the_gate_could_not_run() -> None:
    logs = COMPLAINT.decode() + " /no/such: No such file or directory"
    assert type(ended_early(127, logs)) is CommandNotFoundError
    assert type(ended_early(127, "sh: my-app: not found")) is OriginalExitedError


def test_a_hint_names_last_lines_only_where_there_are_any() -> None:
    assert "its last lines are above" in ended_early(1, "no such table\n").hint
    assert "it has written nothing to its log" in ended_early(1, "\n").hint


def test_a_command_that_is_done_is_told_how_to_be_probed() -> None:
    hint = ended_early(0, "42 files were converted\n").hint
    assert "--exec-probe" in hint
    assert "without any probe, an image with EXPOSE is asked for GET /" in hint
    assert "--exec-probe" not in ended_early(1, "no such table\n").hint


def test_only_the_default_time_to_start_is_stretched() -> None:
    assert RunOptions().busy_start_timeout == 5 * RunOptions().start_timeout
    assert RunOptions(start_timeout=3).busy_start_timeout == 3
