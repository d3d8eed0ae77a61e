"""`--pull`: an original that the engine does not have comes from its registry."""

from __future__ import annotations

from slimmer.engine import Engine
from slimmer.image import is_image_id
from slimmer.progress import Progress, StageClock
from slimmer.words import size


def pull_missing(engine: Engine, image: str, clock: StageClock, progress: Progress) -> None:
    """An image that the engine has is left as it is. Raises PullError, and UsageError for a name
    that no image can have."""
    if is_image_id(image) or engine.find_image(image) is not None:
        return
    with clock.stage("pull", "the engine gets the original from its registry"):
        engine.pull_image(
            image, lambda moved, total: progress.detail("pull", f"{size(moved)} of {size(total)}")
        )
