"""What can go wrong between slimmer and the engine, as errors with an exit code of their own: no
other part sees an exception of the SDK."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import docker.errors
import requests.exceptions

from slimmer.errors import (
    CommandNotFoundError,
    EngineOperationError,
    EngineUnreachableError,
    ImageNotFoundError,
    NoSpaceError,
    SlimError,
)


class TimedOutError(EngineOperationError):
    """A request did not end within its time limit."""


@contextlib.contextmanager
def translated_connection() -> Iterator[None]:
    """Turn failures of the connection into EngineUnreachableError."""
    try:
        yield
    except requests.exceptions.ReadTimeout as error:
        raise TimedOutError("the engine did not answer in time", details=str(error)) from error
    except requests.exceptions.ConnectionError as error:
        if "Read timed out" in str(error):
            raise TimedOutError("the engine did not answer in time") from error
        raise EngineUnreachableError(
            "the connection to the container engine broke",
            hint="is the engine still running?",
            details=str(error),
        ) from error


@contextlib.contextmanager
def translated(action: str) -> Iterator[None]:
    """Turn every failure of the engine in the block into a SlimError that says what was tried."""
    try:
        with translated_connection():
            yield
    except docker.errors.ImageNotFound as error:
        raise ImageNotFoundError(
            f"cannot {action}: no such image", details=_words(error)
        ) from error
    except docker.errors.APIError as error:
        raise _operation_error(action, _words(error)) from error
    except docker.errors.DockerException as error:
        raise EngineOperationError(f"cannot {action}: {error}") from error


def _words(error: docker.errors.APIError) -> str:
    return str(error.explanation or error)


_NOT_EXECUTABLE = re.compile(
    r"executable file not found|no such file or directory|exec format error|permission denied"
)


def _operation_error(action: str, words: str) -> SlimError:
    lowered = words.lower()
    if "no space left on device" in lowered or "disk quota exceeded" in lowered:
        return NoSpaceError(
            f"cannot {action}: the engine's disk is full",
            hint="free space where the engine keeps its data (docker system df shows what uses it)",
            details=words,
        )
    if "start the container" in action and _NOT_EXECUTABLE.search(lowered) and "exec" in lowered:
        return CommandNotFoundError(f"cannot {action}: {words}")
    return EngineOperationError(f"cannot {action}: {words}")
