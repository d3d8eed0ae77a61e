"""What a run tells while it goes on. Apart from `report`, which is needed only at a run's end."""

from slimmer.progress.progress import Progress, StageClock, console_progress, encodable
from slimmer.progress.words import comparison, count, factor, printable, seconds, size

__all__ = [
    "Progress",
    "StageClock",
    "comparison",
    "console_progress",
    "count",
    "encodable",
    "factor",
    "printable",
    "seconds",
    "size",
]
