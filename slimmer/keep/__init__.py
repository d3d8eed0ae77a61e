"""Stage keep: which paths stay, and why.

`decide` takes the rootfs index and the trace and asks the rules, one small unit each in `rules/`,
in rounds until nothing new is kept.
"""

from slimmer.keep.advice import rules_for
from slimmer.keep.borrowed_tools import FOLDER as BORROWED_FOLDER
from slimmer.keep.borrowed_tools import BorrowedTools, borrowed_tools
from slimmer.keep.debug_tools import debug_tools, has_shell
from slimmer.keep.decision import check_rule_names, decide, union_of
from slimmer.keep.engine_paths import is_engine_artefact
from slimmer.keep.executed import interpreter_of, program_named
from slimmer.keep.request import KeepRequest
from slimmer.keep.rules import RULES

__all__ = [
    "BORROWED_FOLDER",
    "RULES",
    "BorrowedTools",
    "KeepRequest",
    "borrowed_tools",
    "check_rule_names",
    "debug_tools",
    "decide",
    "has_shell",
    "interpreter_of",
    "is_engine_artefact",
    "program_named",
    "rules_for",
    "union_of",
]
