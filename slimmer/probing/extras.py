"""Libraries that are installed only on request."""

from __future__ import annotations

import importlib
from typing import Any

from slimmer.errors import MissingExtraError


def require(module: str, *, extra: str, what: str) -> Any:
    """The module. `what` needs it, and `extra` of slimmer brings it. Raises MissingExtraError."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{what} needs {module.partition('.')[0]}, which is not installed",
            hint=f"pip install 'slimmer[{extra}]'",
        ) from error
