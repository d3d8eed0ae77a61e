"""Engines, registries and the compose tool."""

from __future__ import annotations

from slimmer.errors.interface import SlimError


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


class EngineOperationError(SlimError):
    """The engine answered, but refused or failed an operation that slimmer needs."""

    exit_code = 16
    cause = "the container engine failed an operation"


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


class PullError(SlimError):
    """An image that was to be pulled is not in its registry, the registry refuses it or cannot be
    reached, or its names there cannot be listed."""

    exit_code = 63
    cause = "an image could not be pulled"
