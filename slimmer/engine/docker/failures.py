"""What can go wrong between slimmer and the engine, as errors with an exit code of their own: no
other part sees an exception of the SDK."""

from __future__ import annotations

import contextlib
import http.client
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import docker.errors
import requests.exceptions
import urllib3.exceptions

from slimmer.engine.broken import broken_answer, broken_connection, no_answer
from slimmer.errors import (
    CommandNotFoundError,
    EngineOperationError,
    ImageNotFoundError,
    NoSpaceError,
    SlimError,
)

T = TypeVar("T")


class ContainerGoneError(EngineOperationError):
    """There is no such container (any more)."""


_MOST_LOOKS: Final = 5
_BROKEN_CONNECTIONS: Final = (
    requests.exceptions.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    EOFError,
)


@contextlib.contextmanager
def translated(action: str) -> Iterator[None]:
    """Turn whatever the block, which asks the engine and reads its answer, raises into a SlimError
    that says what was tried: a refusal, a connection that broke, an answer that is garbled."""
    try:
        yield
    except SlimError:
        raise
    except docker.errors.ImageNotFound as error:
        raise ImageNotFoundError(
            f"cannot {action}: no such image", details=_words(error)
        ) from error
    except docker.errors.APIError as error:
        raise refusal(action, _words(error)) from error
    except Exception as error:
        raise _of_the_connection(action, error) from error


@contextlib.contextmanager
def if_possible(action: str) -> Iterator[None]:
    """As `translated`, but what the engine refuses, as it is gone or in use, is fine."""
    with translated(action), contextlib.suppress(docker.errors.APIError):
        yield


def told_failure(line: Mapping[str, Any]) -> str:
    """What went wrong, of one line of a stream that began with a success; empty for progress."""
    if "error" not in line and "errorDetail" not in line:
        return ""
    return str(line.get("error") or line["errorDetail"].get("message"))


def agreed(ask: Callable[[], T], part: Callable[[T], Any] = lambda answer: answer) -> T:
    """An answer that came twice in a row, as far as `part` of it goes.

    Nothing in an answer tells whether it arrived as it was sent, and images and verdicts are made
    of some. To ask takes the engine 2 ms.
    """
    answer = ask()
    for _ in range(_MOST_LOOKS):
        before, answer = answer, ask()
        if part(before) == part(answer):
            return answer
    raise ValueError("it answers differently each time")


def _of_the_connection(action: str, error: Exception) -> SlimError:
    if isinstance(error, requests.exceptions.Timeout | TimeoutError) or "timed out" in str(error):
        return no_answer(action, error)
    # What is no JSON is an answer, though requests has an error for it that is an OSError too.
    if isinstance(error, _BROKEN_CONNECTIONS) and not isinstance(error, ValueError):
        return broken_connection(action, error)
    return broken_answer(action, error)


def _words(error: docker.errors.APIError) -> str:
    return str(error.explanation or error)


_STARTS: Final = ("start the container", "attach to the container")
"""Podman makes the process when somebody attaches."""
_EXECUTES = re.compile(r"\bexec\b")
_GONE: Final = "no such container"
_NOT_EXECUTABLE = re.compile(
    r"executable file not found|no such file or directory|exec format error|permission denied"
)


_ADVICE: Final = (
    (r"network \S+ not found", "`docker network ls` lists the networks that are there"),
    (
        r"unable to find (?:user|group)",
        "the image has no such user or group: numbers need none (--user 1000:1000)",
    ),
    (r"minimum memory limit", "raise --memory"),
    (
        r"port is already allocated|address already in use",
        "another program or container has this port of the engine's machine: name a free one",
    ),
)
"""(what the engine says of what the user has asked for, hint)."""


def refusal(action: str, words: str) -> SlimError:
    """The error for an operation that the engine has failed, in its own words."""
    lowered = words.lower()
    if "no space left on device" in lowered or "disk quota exceeded" in lowered:
        return NoSpaceError(
            f"cannot {action}: the engine's disk is full",
            hint="free space where the engine keeps its data (docker system df shows what uses it)",
            details=words,
        )
    if action in _STARTS and _NOT_EXECUTABLE.search(lowered) and _EXECUTES.search(lowered):
        return CommandNotFoundError(f"cannot {action}: {words}")
    error = ContainerGoneError if _GONE in lowered else EngineOperationError
    hint = next((hint for pattern, hint in _ADVICE if re.search(pattern, lowered)), "")
    return error(f"cannot {action}: {words}", hint=hint)
