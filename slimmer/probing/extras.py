"""Libraries that are installed only on request."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from slimmer import DISTRIBUTION
from slimmer.errors import MissingExtraError


def require(module: str, *, extra: str, what: str) -> Any:
    """The module. `what` needs it, and `extra` of slimmer brings it. Raises MissingExtraError."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _missing(module, extra, what) from error


def require_installed(module: str, *, extra: str, what: str) -> None:
    """As `require` for a top-level module, without the time that it takes to load it."""
    if importlib.util.find_spec(module) is None:
        raise _missing(module, extra, what)


def _missing(module: str, extra: str, what: str) -> MissingExtraError:
    return MissingExtraError(
        f"{what} needs {module.partition('.')[0]}, which is not installed",
        hint=f"pip install '{DISTRIBUTION}[{extra}]'",
    )
