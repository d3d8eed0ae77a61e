"""Questions about images: why a path is kept or dropped, what was dropped in all, and what any
image consists of.

The report of a build is asked as well: what the instructions of its original brought.

The first two are answered from the saved report, or, where there is none, from the indexes of both
images, which tell what and not why.
"""

from slimmer.explain.account import Account
from slimmer.explain.anatomy import (
    LookedInto,
    ReadImage,
    found_report,
    look_into,
    read_image,
    strata_of_target,
    used_of_report,
    used_of_trace,
    xray_of,
)
from slimmer.explain.changes import Changes, ChangeShare, changes
from slimmer.explain.comparison import Comparison, Share, compare
from slimmer.explain.gathering import account_of, account_of_report, builds_of, sightings_of
from slimmer.explain.instructions import add_instructions
from slimmer.explain.known_image import known_image
from slimmer.explain.selection import Selection, select
from slimmer.explain.why import Answer, Link, State, Step, why

__all__ = [
    "Account",
    "Answer",
    "ChangeShare",
    "Changes",
    "Comparison",
    "Link",
    "LookedInto",
    "ReadImage",
    "Selection",
    "Share",
    "State",
    "Step",
    "account_of",
    "account_of_report",
    "add_instructions",
    "builds_of",
    "changes",
    "compare",
    "found_report",
    "known_image",
    "look_into",
    "read_image",
    "select",
    "sightings_of",
    "strata_of_target",
    "used_of_report",
    "used_of_trace",
    "why",
    "xray_of",
]
