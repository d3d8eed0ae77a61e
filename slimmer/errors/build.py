"""A build as a whole, and the images that it makes."""

from __future__ import annotations

from slimmer.errors.interface import SlimError


class UsageError(SlimError):
    """The command line asks for something that cannot be done as written."""

    exit_code = 2
    cause = "usage: an option or argument is wrong"


class ConfigurationError(SlimError):
    """slim.yaml, a plan, or a file that one of them names, has an unknown key, a wrong type or a
    wrong value."""

    exit_code = 6
    cause = "slim.yaml or a plan is wrong"


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


class PackingError(SlimError):
    """What was packed is not what was asked for: a digest, a size or a file differs."""

    exit_code = 17
    cause = "the packed image differs from what was computed"


class SensorMissingError(SlimError):
    """There is no sensor program for the image's architecture, and none could be built."""

    exit_code = 20
    cause = "no sensor program for the image's architecture"


class DifferentAnswerError(SmokeTestError):
    """The slim image passes its probes, but answers differently from the original where that
    answers the same each time. No tag was moved."""

    exit_code = 21
    cause = "the slim image answers differently from the original"


class MissingExtraError(SlimError):
    """What the user asks for is done by a library that is installed only on request."""

    exit_code = 34
    cause = "an optional part of slimmer is not installed"


class BaseMissingError(SlimError):
    """An image that --base names is not in the engine."""

    exit_code = 49
    cause = "the base is not in the engine"


class BaseUnfitError(SlimError):
    """The slim image cannot stand on the image that --base names: another architecture or C
    library, or an image without layers."""

    exit_code = 50
    cause = "the slim image cannot stand on the base"


class HardeningError(SlimError):
    """With --harden: the slim image passes its smoke test once and not the next time, or not with
    the rights that were found for it, or nothing can be tried."""

    exit_code = 55
    cause = "no hardened container of the slim image passes"
