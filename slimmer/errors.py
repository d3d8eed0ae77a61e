"""Every way in which slimmer ends without a result: one class, one exit code and one cause each.

An error is raised where its cause is found, carries what was seen and what the user can do
next, and is printed once, by the command line.
"""

from __future__ import annotations

import traceback
from typing import ClassVar, Final

BETWEEN: Final = "look for what stands between slim and the engine (a proxy, a tunnel)"
"""In hints on what did not arrive as it was sent."""


class SlimError(Exception):
    """A failure that slimmer can explain. Subclasses own one exit code each.

    `message` says what was found, `hint` what to do next, `details` holds the evidence
    (log lines, a probe's answer) that is shown below the message.
    """

    exit_code: ClassVar[int] = 1
    cause: ClassVar[str] = "internal error: a bug in slimmer"

    def __init__(self, message: str, *, hint: str = "", details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details
        self.report_file = ""
        """The report.json of the run that failed; empty where there is none."""


class UsageError(SlimError):
    """The command line asks for something that cannot be done as written."""

    exit_code = 2
    cause = "usage: an option or argument is wrong"


class EngineUnreachableError(SlimError):
    """No container engine answers at the configured address."""

    exit_code = 3
    cause = "no container engine answers"


class EnginePermissionError(SlimError):
    """The engine's socket exists but this user may not use it."""

    exit_code = 4
    cause = "the container engine refuses this user"


class ImageNotFoundError(SlimError):
    """The image that the user named is not in the engine."""

    exit_code = 5
    cause = "the image does not exist in the engine"


class ConfigurationError(SlimError):
    """slim.yaml, a plan, or a file that one of them names, has an unknown key, a wrong type or a
    wrong value."""

    exit_code = 6
    cause = "slim.yaml or a plan is wrong"


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


class SmokeTestError(SlimError):
    """The slim image fails a probe that the original passed. No tag was moved."""

    exit_code = 13
    cause = "the slim image fails its smoke test"


class NoSpaceError(SlimError):
    """The disk of slimmer or of the engine is full."""

    exit_code = 14
    cause = "no space left on a disk"


class BudgetError(SlimError):
    """The slim image is larger than the budget that the user set."""

    exit_code = 15
    cause = "the slim image is larger than its budget"


class EngineOperationError(SlimError):
    """The engine answered, but refused or failed an operation that slimmer needs."""

    exit_code = 16
    cause = "the container engine failed an operation"


class PackingError(SlimError):
    """What was packed is not what was asked for: a digest, a size or a file differs."""

    exit_code = 17
    cause = "the packed image differs from what was computed"


class DoctorFindings(SlimError):
    """`slim doctor` found something without which a build cannot work."""

    exit_code = 18
    cause = "slim doctor found a problem that stops a build"


class OriginalUnreadableError(SlimError):
    """The original's files cannot be read in full: the file server failed or a file did."""

    exit_code = 19
    cause = "the original's files cannot be read"


class SensorMissingError(SlimError):
    """There is no sensor program for the image's architecture, and none could be built."""

    exit_code = 20
    cause = "no sensor program for the image's architecture"


class DifferentAnswerError(SmokeTestError):
    """The slim image passes its probes, but answers differently from the original where that
    answers the same each time. No tag was moved."""

    exit_code = 21
    cause = "the slim image answers differently from the original"


class MissedFilesError(SlimError):
    """`slim watch` saw lookups of files that the slimming removed."""

    exit_code = 24
    cause = "slim watch saw lookups of dropped files"


class WatchFileError(SlimError):
    """What should be a file of `slim watch` is corrupt, something else, or of a newer format."""

    exit_code = 25
    cause = "a file of slim watch cannot be read"


class TraceDriftError(SlimError):
    """A saved trace is of another original than the one at hand: other layers, another
    configuration, or another platform."""

    exit_code = 26
    cause = "a saved trace is of another original"


class ReportFileError(SlimError):
    """A saved report is corrupt, truncated, foreign, or of a newer form."""

    exit_code = 27
    cause = "a report cannot be read"


class ReportMismatchError(SlimError):
    """The report that the user named tells of other images than the one that the user asks of."""

    exit_code = 28
    cause = "the report is of another build"


class NotSlimmedError(SlimError):
    """The image has no label of slimmer, so nothing is known of its original."""

    exit_code = 29
    cause = "the image was not built by slimmer"


class OriginalMissingError(SlimError):
    """The image that a slim image was made from is not in the engine any more."""

    exit_code = 30
    cause = "the original of the slim image is not in the engine"


class UnknownPathError(SlimError):
    """The user asks of a path that the original never had."""

    exit_code = 31
    cause = "the path was never in the original"


class MissingExtraError(SlimError):
    """What the user asks for is done by a library that is installed only on request."""

    exit_code = 34
    cause = "an optional part of slimmer is not installed"


class ApiDescriptionError(SlimError):
    """What --openapi names is no API description, cannot be read, or is not complete in itself."""

    exit_code = 35
    cause = "the API description cannot be used"


class ComposeMissingError(SlimError):
    """The build needs a compose tool, and this machine has none."""

    exit_code = 36
    cause = "the compose tool is not installed"


class ComposeFileError(SlimError):
    """The compose file is not there, or the compose tool does not understand it."""

    exit_code = 37
    cause = "a compose file cannot be used"


class ServiceNotReadyError(SlimError):
    """A service that the original needs, of a compose file, failed or took too long."""

    exit_code = 38
    cause = "a service of the compose file did not get ready"


class ImageFileError(SlimError):
    """A file or directory that should hold an image is cut off, damaged, or something else."""

    exit_code = 39
    cause = "an image file cannot be read"


class ImageDigestError(ImageFileError):
    """A part of an image file has another digest than the image says."""

    exit_code = 40
    cause = "a part of an image file differs from its digest"


class LayerRulesError(SlimError):
    """`slim xray --ci` found an image that wastes more than its rules allow."""

    exit_code = 41
    cause = "slim xray: the image breaks a rule of .dive-ci"


class GateError(SlimError):
    """`slim check` measured an image that is not as its gates want it."""

    exit_code = 42
    cause = "slim check: the image fails a gate"


class GateUnmeasuredError(SlimError):
    """A gate of `slim check` could not be measured: what it needs is missing or cannot be read.
    Such a gate never counts as passed."""

    exit_code = 43
    cause = "slim check: a gate could not be measured"


class LintFindingsError(SlimError):
    """`slim lint` found something that is as severe as the threshold, or more."""

    exit_code = 46
    cause = "slim lint found something at or above its threshold"


class DockerfileError(SlimError):
    """A Dockerfile, or the ignore file beside it, is not there or cannot be understood."""

    exit_code = 47
    cause = "a Dockerfile cannot be read"


class HadolintError(SlimError):
    """hadolint is installed and did not do its work: its configuration is wrong, or it crashed."""

    exit_code = 48
    cause = "hadolint failed"


class BaseMissingError(SlimError):
    """An image that --base names is not in the engine."""

    exit_code = 49
    cause = "the base is not in the engine"


class BaseUnfitError(SlimError):
    """The slim image cannot stand on the image that --base names: another architecture or C
    library, or an image without layers."""

    exit_code = 50
    cause = "the slim image cannot stand on the base"


class PushRefusedError(SlimError):
    """The registry answered, and does not take the image: credentials are missing or wrong, or the
    user may not write there. The images are in the engine, under their names."""

    exit_code = 51
    cause = "the registry refuses the image"


class PushBrokenError(SlimError):
    """The registry cannot be reached, broke off, or has another image in the end. The images are in
    the engine, under their names."""

    exit_code = 52
    cause = "the image could not be pushed"


class SeccompUnavailableError(SlimError):
    """System calls cannot be recorded: the kernel or the engine does not allow it, or a saved trace
    has none."""

    exit_code = 53
    cause = "no system calls are recorded"


class SeccompProfileError(SlimError):
    """A seccomp profile cannot be read, merged, written or made for the image's architecture."""

    exit_code = 54
    cause = "a seccomp profile cannot be used"


class HardeningError(SlimError):
    """With --harden: the slim image passes its smoke test once and not the next time, or not with
    the rights that were found for it, or nothing can be tried."""

    exit_code = 55
    cause = "no hardened container of the slim image passes"


class ProfileRefusedError(SlimError):
    """apparmor_parser, where it is installed, does not read the profile that was made."""

    exit_code = 56
    cause = "the AppArmor profile is refused"


class ScanHiddenError(SlimError):
    """A scanner does not see a package any more that the slim image still has: its weaknesses are
    hidden, and not gone."""

    exit_code = 57
    cause = "slim scan-diff: a scanner lost sight of what is still there"


class ScanFileError(SlimError):
    """What should be a scanner's report or an SBOM is empty, damaged, or something else."""

    exit_code = 58
    cause = "a scanner's report or an SBOM cannot be read"


class ProvenanceMismatchError(SlimError):
    """A provenance is read, and does not hold: nobody signed it, another key did, or it is of
    another image than the one at hand."""

    exit_code = 59
    cause = "the provenance does not hold for the image"


class ProvenanceFileError(SlimError):
    """A provenance file, or a key to sign it or to verify it with, cannot be used: it is damaged,
    of another kind, or encrypted without a passphrase at hand."""

    exit_code = 60
    cause = "a provenance file or its key cannot be used"


class FleetBuildsError(SlimError):
    """Some builds of a fleet failed. The others are done, and the report tells of all."""

    exit_code = 61
    cause = "slim fleet: some builds failed"


class BuildLostError(SlimError):
    """A build of a fleet was ended by its time limit, or its worker was lost several times."""

    exit_code = 62
    cause = "slim fleet: a build exceeded its time limit, or its worker was lost"


class PullError(SlimError):
    """An image that was to be pulled is not in its registry, the registry refuses it or cannot be
    reached, or its names there cannot be listed."""

    exit_code = 63
    cause = "an image could not be pulled"


class ForeignArchitectureError(SlimError):
    """The image is made for other processors than the engine's machine has."""

    exit_code = 64
    cause = "the image is for another architecture than the engine"


class InterruptedRunError(SlimError):
    """The user pressed Ctrl-C, or the process was asked to end."""

    exit_code = 130
    cause = "interrupted"


def as_slim_error(error: BaseException) -> SlimError:
    """Any exception as the user is told of it: a bug in slimmer with its traceback."""
    if isinstance(error, SlimError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return InterruptedRunError("interrupted")
    return SlimError(
        f"internal error: {type(error).__name__}: {error}",
        hint="this is a bug in slimmer: please report it with the lines above",
        details="".join(traceback.format_exception(error)),
    )
