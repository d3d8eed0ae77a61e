"""What commands beside `slim build` find, and the files that they read."""

from __future__ import annotations

from slimmer.errors.interface import SlimError


class DoctorFindings(SlimError):
    """`slim doctor` or `slim self-check` found something without which a build cannot work."""

    exit_code = 18
    cause = "slim doctor or slim self-check found what stops a build"


class MissedFilesError(SlimError):
    """`slim watch` saw lookups of files that the slimming removed."""

    exit_code = 24
    cause = "slim watch saw lookups of dropped files"


class WatchFileError(SlimError):
    """What should be a file of `slim watch` is corrupt, something else, or of a newer format."""

    exit_code = 25
    cause = "a file of slim watch cannot be read"


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


class SeccompProfileError(SlimError):
    """A seccomp profile cannot be read, merged, written or made for the image's architecture."""

    exit_code = 54
    cause = "a seccomp profile cannot be used"


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
