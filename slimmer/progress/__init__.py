"""What a run tells while it goes on. Apart from `report`, which is needed only at a run's end."""

from slimmer.progress.concealing import ConcealingProgress
from slimmer.progress.patience import told_if_slow
from slimmer.progress.progress import Progress, StageClock, console_progress, encodable

__all__ = [
    "ConcealingProgress",
    "Progress",
    "StageClock",
    "console_progress",
    "encodable",
    "told_if_slow",
]
