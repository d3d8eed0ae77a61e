"""Labels that slimmer writes: reverse-DNS keys below `dev.slimmer`, so they meet nobody else's."""

from __future__ import annotations

from typing import Final

ORIGINAL_LABEL: Final = "dev.slimmer.original"
"""On a slim or debug image: the id of the original that it was made from."""

VERSION_LABEL: Final = "dev.slimmer.version"
"""On a slim or debug image: the version of slimmer that made it."""

SESSION_LABEL: Final = "dev.slimmer.session"
"""On everything that a run creates in the engine and must remove: the run's random name.

Never on a finished image: two runs would not give the same bytes."""


OWNER_LABEL: Final = "dev.slimmer.owner"
"""Beside it: the process that the run is, see `engine.owner`."""

PURPOSE_LABEL: Final = "dev.slimmer.role"
"""What a container is for: `target`, `slim`, … (not a role of slim.yaml; the key is older)."""

OF_A_RUN: Final = frozenset({SESSION_LABEL, OWNER_LABEL, PURPOSE_LABEL})
"""Who commits a container of slimmer gets them into an image, where they mean nothing."""


def image_labels(*, original_id: str, version: str) -> dict[str, str]:
    """The labels that a finished image gets on top of the original's own."""
    return {ORIGINAL_LABEL: original_id, VERSION_LABEL: version}
