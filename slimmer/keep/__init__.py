"""Stage keep: which paths stay, and why.

`decide` takes the rootfs index and the trace and asks the rules, one small unit each in `rules/`,
in rounds until nothing new is kept.
"""

from slimmer.keep.decision import decide
from slimmer.keep.request import KeepRequest
from slimmer.keep.rules import RULES

__all__ = ["RULES", "KeepRequest", "decide"]
