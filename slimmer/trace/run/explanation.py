"""Why the original does not do what its probes expect, found by looking at what it does."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from typing import Final, Protocol

from slimmer.errors import (
    CommandNotFoundError,
    NotListeningError,
    OriginalExitedError,
    OriginalProbeError,
    SlimError,
)
from slimmer.probing import COMMAND_MISSING, NEEDS_TIME, TOO_LATE, advice
from slimmer.probing.kinds import kind_of
from slimmer.trace.wire.records import Listening
from slimmer.values import ProbeResult, RunOptions
from slimmer.words import last_lines

COMPLAINT = b"slimmer: cannot run"
"""What the gate says of a command that it cannot run."""
_KILLED: Final = 128 + signal.SIGKILL
_SERVER_ERROR: Final = re.compile(r"5\d\d\b")
_SHELL_FOUND_NO: Final = re.compile(
    r"^(?:\S*/)?\w*sh: (?:(?:line )?\d+: )?(\S+): (?:command )?not found", re.MULTILINE
)
"""What shells say of a program that a line of theirs starts."""


class ProbedTarget(Protocol):
    """What is looked at."""

    def exit_status(self) -> int | None: ...

    def cause(self) -> SlimError | None: ...

    def logs(self) -> str: ...

    def port(self) -> int | None: ...

    def listening(self) -> Sequence[Listening]: ...


def ended_early(status: int, logs: str) -> SlimError:
    """The error for a command that ended with `status` although it should go on."""
    if status in COMMAND_MISSING and COMPLAINT.decode() in logs:
        return CommandNotFoundError(
            "the original's command cannot be run",
            hint="check ENTRYPOINT and CMD of the image, or --entrypoint and --cmd",
            details=logs,
        )
    hint = (
        f"{last_lines(logs)}; does it need --env, --volume, --network or --cmd? "
        "`docker run` with the same options must work first"
    )
    if status == 0:
        hint = (
            "nothing has failed: is it a command that does its work and ends? Leave out what asks "
            'a server, and say what it is used for with --exec-probe "COMMAND"; without any probe, '
            f"an image with EXPOSE is asked for GET /. If it is a server, {hint}"
        )
    if status == _KILLED:
        hint = "somebody has killed it, or the machine, for lack of memory (dmesg tells); run again"
    ended = "was killed" if status == _KILLED else "crashed" if status > 128 else "ended"
    return OriginalExitedError(
        f"the original's command {ended} with status {status} before its probes were done",
        hint=hint,
        details=logs,
    )


def killed_for_memory(limit: str, logs: str) -> SlimError:
    """The error for a target of which the kernel has killed a process, as it used more memory than
    it may: `limit` is RunOptions.memory."""
    return OriginalExitedError(
        "the original was killed while it was traced: it uses more memory than "
        + (f"the {limit} of --memory" if limit else "this engine's machine has for it"),
        hint="raise --memory" if limit else "give the engine's machine more, or run less beside it",
        details=logs,
    )


def failed_probe(
    target: ProbedTarget, result: ProbeResult, run: RunOptions, *, first: bool = False
) -> SlimError:
    """Why a probe failed on the original, after looking: what has ended comes first. `first` is the
    probe that was waited for."""
    probe, cause = result.probe, target.cause()
    if cause is not None:
        return cause
    if probe.program and result.exit_status in COMMAND_MISSING:
        lacking = _SHELL_FOUND_NO.search(result.excerpt)
        if lacking:
            return CommandNotFoundError(
                f"the probe `{probe.name}`: a shell has run its line, and found no {lacking[1]}",
                hint="name what is in the image and on its PATH; a line of HEALTHCHECK is one for "
                '/bin/sh, whatever SHELL says: HEALTHCHECK CMD ["bash", "-c", "…"] names another,'
                " and --no-healthcheck leaves it out",
                details=result.excerpt,
            )
        return CommandNotFoundError(
            f"the probe `{probe.name}`: {probe.program} cannot be run in the original",
            hint="name a program that is in the image and on its PATH; a shell line needs "
            "its shell: --exec-probe \"sh -c '…'\"",
            details=result.excerpt,
        )
    status = target.exit_status()
    # A command may well be asked for in a container whose own has done its work.
    if status is not None and not (status == 0 and probe.program):
        return ended_early(status, target.logs())
    port = probe.port or target.port()
    if probe.needs_port and not probe.runs_here and not result.answered:
        silent = not_listening(target, port, run, named=probe.port is not None)
        if silent is not None:
            return silent
    place = f" (port {port})" if probe.needs_port else ""
    logs = target.logs()
    hint = _how_to_go_on(result, run, first, port, logs)
    others = sorted({each.port for each in target.listening() if not each.loopback} - {port})
    if probe.needs_port and not probe.port and not run.port and others:
        hint += f"; it listens on {', '.join(map(str, others))} too: --port says which is meant"
    return OriginalProbeError(
        f"the probe `{probe.name}` fails on the original: {result.answer}{place}",
        hint=hint,
        details="\n".join(filter(None, (result.excerpt[:500], logs))),
    )


def _how_to_go_on(
    result: ProbeResult, run: RunOptions, first: bool, port: int | None, logs: str
) -> str:
    probe = result.probe
    if probe.program and result.exit_status == _KILLED:
        limit = f": raise --memory, which is {run.memory}" if run.memory else ""
        return f"it was killed, most likely by the kernel for lack of memory{limit}"
    if probe.needs_port and not probe.runs_here:
        if _SERVER_ERROR.match(result.answer):
            return _fails_by_itself(result, first, logs)
        told = advice(result.answer, port)
        if told:
            return told
        if "TLS" in result.answer:
            return "correct the scheme of its URL (over TCP `tls: true`), or the port"
        if result.answer in NEEDS_TIME:
            return _too_late(result, first, logs)
    hint = kind_of(probe).hint(probe, result)
    if hint:
        return hint
    if probe.plan:
        return "correct the step in the plan, or mark it with `optional: true`"
    return "it must work against the original before slimmer can learn from it"


def _fails_by_itself(result: ProbeResult, first: bool, logs: str) -> str:
    hint = (
        f"the application itself fails: {last_lines(logs)}; does it need --env, --volume, or "
        "other services (--compose)?"
    )
    if first and not result.answered:  # as proxies say until what is behind them is there
        return f"{hint} Raise --start-timeout if it only needs longer"
    return f"{hint} If this is the right answer, let the probe expect it (docs/plans.md)"


def _too_late(result: ProbeResult, first: bool, logs: str) -> str:
    if result.answer == TOO_LATE:
        return "raise --probe-timeout" + (
            ", or --start-timeout if the application needs longer to start" if first else ""
        )
    if first:
        return "raise --start-timeout if the application needs longer to start"
    return f"it takes no connections any more: {last_lines(logs)}"


def not_listening(
    target: ProbedTarget, port: int | None, run: RunOptions, *, named: bool = False
) -> SlimError | None:
    """The error for a port that nobody listens on; None where somebody does. A port that a probe
    has `named` is changed there and by no option."""
    listening = sorted({(record.port, record.loopback) for record in target.listening()})
    if (port, False) in listening:
        return None
    elsewhere = [str(number) for number, loopback in listening if not loopback]
    if (port, True) in listening:
        return NotListeningError(
            f"the original listens on port {port} of its own loopback only: nobody outside the "
            "container can reach it there",
            hint="let the application listen on 0.0.0.0",
            details=target.logs(),
        )
    if elsewhere:
        return NotListeningError(
            f"nothing listens on port {port}; the original listens on {', '.join(elsewhere)}",
            hint=f"the probe itself names port {port}: let it name {elsewhere[0]}"
            if named
            else f"--port {elsewhere[0]}",
            details=target.logs(),
        )
    asked, logs = f"port {port}" if port else "any port", target.logs()
    return NotListeningError(
        f"the original does not listen on {asked} within {run.start_timeout:g} s",
        hint=f"{last_lines(logs)}; raise --start-timeout if it needs longer, or name the "
        "port with --port",
        details=logs,
    )
