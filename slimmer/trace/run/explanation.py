"""Why the original does not do what its probes expect, found by looking at what it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from slimmer.errors import (
    CommandNotFoundError,
    NotListeningError,
    OriginalExitedError,
    OriginalProbeError,
    SlimError,
)
from slimmer.probing import COMMAND_MISSING
from slimmer.probing.kinds import kind_of
from slimmer.trace.wire.records import Listening
from slimmer.values import ProbeResult, RunOptions

COMPLAINT = b"slimmer: cannot run"
"""What the gate says of a command that it cannot run."""


class ProbedTarget(Protocol):
    """What is looked at."""

    def exit_status(self) -> int | None: ...

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
    ended = "crashed" if status > 128 else "ended"
    return OriginalExitedError(
        f"the original's command {ended} with status {status} before its probes were done",
        hint="its last lines are above; does it need --env, --volume, --network or --cmd? "
        "`docker run` with the same options must work first",
        details=logs,
    )


def failed_probe(target: ProbedTarget, result: ProbeResult, run: RunOptions) -> SlimError:
    """Why a probe failed on the original, after looking."""
    probe, status = result.probe, target.exit_status()
    if probe.program and result.exit_status in COMMAND_MISSING:
        return CommandNotFoundError(
            f"the probe `{probe.name}`: {probe.program} cannot be run in the original",
            hint="name a program that is in the image and on its PATH; a shell line needs "
            "its shell: --exec-probe \"sh -c '…'\"",
            details=result.excerpt,
        )
    # A command may well be asked for in a container whose own has done its work.
    if status is not None and not (status == 0 and probe.program):
        return ended_early(status, target.logs())
    port = probe.port or target.port()
    if probe.needs_port and not probe.runs_here and not result.answered:
        silent = not_listening(target, port, run, named=probe.port is not None)
        if silent is not None:
            return silent
    place = f" (port {port})" if probe.needs_port else ""
    return OriginalProbeError(
        f"the probe `{probe.name}` fails on the original: {result.answer}{place}",
        hint=_how_to_go_on(result),
        details="\n".join(filter(None, (result.excerpt[:500], target.logs()))),
    )


def _how_to_go_on(result: ProbeResult) -> str:
    probe = result.probe
    if probe.needs_port and "certificate is not trusted" in result.answer:
        return "--insecure takes any certificate; SSL_CERT_FILE names the one to trust"
    if probe.needs_port and not probe.runs_here and "TLS" in result.answer:
        return "correct the scheme of its URL (over TCP `tls: true`), or the port"
    hint = kind_of(probe).hint(probe, result)
    if hint:
        return hint
    if probe.needs_port and not result.answered:
        return "raise --start-timeout if the application needs longer to start"
    if probe.plan:
        return "correct the step in the plan, or mark it with `optional: true`"
    return "it must work against the original before slimmer can learn from it"


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
    asked = f"port {port}" if port else "any port"
    return NotListeningError(
        f"the original does not listen on {asked} within {run.start_timeout:g} s",
        hint="its last lines are above; raise --start-timeout if it needs longer, or name the "
        "port with --port",
        details=target.logs(),
    )
