"""What a distribution package holds besides what was seen of it."""

from slimmer.keep.rules.packages.companions import CompanionProgramsRule
from slimmer.keep.rules.packages.data import PackageDataRule
from slimmer.keep.rules.packages.interpreters import AwaitedInterpreters
from slimmer.keep.rules.packages.library_modules import LibraryModulesRule
from slimmer.keep.rules.packages.places import (
    PROGRAM_FOLDERS,
    installed_to_be_run,
    is_for_building,
    is_module_of_language,
    is_to_build_with,
    private_folder,
)
from slimmer.keep.rules.packages.plugins import LIBRARY_FOLDER, PluginsRule
from slimmer.keep.rules.packages.requested import RequestedPackagesRule
from slimmer.keep.rules.packages.tool_box import ToolBoxRule
from slimmer.keep.rules.packages.weight import mentioned_omissions, omissions, weight_of
from slimmer.keep.rules.packages.whole import WholePackagesRule

PACKAGE_RULES = (
    PackageDataRule,
    RequestedPackagesRule,
    ToolBoxRule,
    PluginsRule,
    LibraryModulesRule,
    CompanionProgramsRule,
    WholePackagesRule,
)

__all__ = [
    "LIBRARY_FOLDER",
    "PACKAGE_RULES",
    "PROGRAM_FOLDERS",
    "AwaitedInterpreters",
    "installed_to_be_run",
    "is_for_building",
    "is_module_of_language",
    "is_to_build_with",
    "mentioned_omissions",
    "omissions",
    "private_folder",
    "weight_of",
]
