"""Stage keep: which paths stay, and why.

`decide` takes the rootfs index and the trace and asks the rules, one small unit each, in rounds
until nothing new is kept. Its own rules, in `rules/`, know the system; those of languages are
brought by `ecosystems`, which `rulebook` puts among them.
"""

from slimmer.keep.advice import rules_for
from slimmer.keep.borrowed_tools import FOLDER as BORROWED_FOLDER
from slimmer.keep.borrowed_tools import BorrowedTools, borrowed_tools
from slimmer.keep.carried_over import carried_over
from slimmer.keep.debug_tools import debug_tools, folders_of_tools, has_shell
from slimmer.keep.decision import OvertakenError, check_rule_names, decide, union_of
from slimmer.keep.engine_paths import is_engine_artefact
from slimmer.keep.environments import Landmark, directories
from slimmer.keep.executed import interpreter_of, program_named
from slimmer.keep.linux.loader import Need
from slimmer.keep.request import KeepRequest
from slimmer.keep.rule import BEYOND_MINIMAL, Context, OwnPackages, Rule, Rulebook, Want
from slimmer.keep.rules import rulebook
from slimmer.keep.rules.packages import PROGRAM_FOLDERS, is_to_build_with
from slimmer.keep.text_kinds import has_names_of_packages, is_settings
from slimmer.keep.trees import tree

__all__ = [
    "BEYOND_MINIMAL",
    "BORROWED_FOLDER",
    "PROGRAM_FOLDERS",
    "BorrowedTools",
    "Context",
    "KeepRequest",
    "Landmark",
    "Need",
    "OvertakenError",
    "OwnPackages",
    "Rule",
    "Rulebook",
    "Want",
    "borrowed_tools",
    "carried_over",
    "check_rule_names",
    "debug_tools",
    "decide",
    "directories",
    "folders_of_tools",
    "has_names_of_packages",
    "has_shell",
    "interpreter_of",
    "is_engine_artefact",
    "is_settings",
    "is_to_build_with",
    "program_named",
    "rulebook",
    "rules_for",
    "tree",
    "union_of",
]
