"""An engine's answer that did not arrive, or not as it was sent."""

from __future__ import annotations

from slimmer.errors import BETWEEN, EngineOperationError, EngineUnreachableError, SlimError


class BrokenAnswerError(SlimError):
    """Nothing is known of what the engine has done: it did not answer, or not intelligibly. What
    it refuses is an EngineOperationError, which is something definite."""

    exit_code = EngineOperationError.exit_code
    cause = EngineOperationError.cause


class TimedOutError(BrokenAnswerError):
    """A request did not end within its time limit."""


def broken_answer(action: str, error: BaseException) -> SlimError:
    """The error for an answer that cannot be understood."""
    return BrokenAnswerError(
        f"cannot {action}: the engine's answer cannot be understood",
        hint=f"run again; if that fails too, {BETWEEN}",
        details=f"{type(error).__name__}: {error}",
    )


def broken_connection(action: str, error: BaseException | str) -> SlimError:
    """The error for a connection that ended in the middle of something."""
    return EngineUnreachableError(
        f"cannot {action}: the connection to the container engine broke",
        hint="is the engine still running? then run again",
        details=str(error),
    )


def no_answer(action: str, error: BaseException | str = "") -> SlimError:
    """The error for an engine that does not answer in time."""
    return TimedOutError(
        f"cannot {action}: the container engine did not answer in time",
        hint="it may hang or be overloaded: look whether `docker ps` answers",
        details=str(error),
    )
