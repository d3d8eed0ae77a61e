"""The original: its container, its probes, its files and its trace."""

from __future__ import annotations

from slimmer.errors.interface import SlimError


class OriginalExitedError(SlimError):
    """The original's command ended, or crashed, before it could be probed."""

    exit_code = 7
    cause = "the original's command failed or ended before its probes"


class NotListeningError(SlimError):
    """The original runs, but nothing listens on the port that the probes need."""

    exit_code = 8
    cause = "the original never listened on the probed port"


class OriginalProbeError(SlimError):
    """A probe fails on the original already, so nothing can be learned from it."""

    exit_code = 9
    cause = "a probe fails on the original"


class CommandNotFoundError(SlimError):
    """A command (entrypoint or command probe) does not exist in the original."""

    exit_code = 10
    cause = "a command does not exist in the original"


class TraceIncompleteError(SlimError):
    """The trace lost events, or ended without its trailer: no image can be trusted to it."""

    exit_code = 11
    cause = "the trace is incomplete"


class TraceFileError(SlimError):
    """A trace file is corrupt, truncated, foreign, or of a newer format."""

    exit_code = 12
    cause = "a trace file cannot be read"


class OriginalUnreadableError(SlimError):
    """The original's files cannot be read in full: the file server failed or a file did."""

    exit_code = 19
    cause = "the original's files cannot be read"


class TraceDriftError(SlimError):
    """A saved trace is of another original than the one at hand: other layers, another
    configuration, or another platform."""

    exit_code = 26
    cause = "a saved trace is of another original"


class ApiDescriptionError(SlimError):
    """What --openapi names is no API description, cannot be read, or is not complete in itself."""

    exit_code = 35
    cause = "the API description cannot be used"


class SeccompUnavailableError(SlimError):
    """System calls cannot be recorded: the kernel or the engine does not allow it, or a saved trace
    has none."""

    exit_code = 53
    cause = "no system calls are recorded"


class ForeignArchitectureError(SlimError):
    """The image is made for other processors than the engine's machine has."""

    exit_code = 64
    cause = "the image is for another architecture than the engine"
