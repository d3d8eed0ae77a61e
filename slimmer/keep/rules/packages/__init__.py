"""What a distribution package holds besides what was seen of it."""

from slimmer.keep.rules.packages.companions import CompanionProgramsRule
from slimmer.keep.rules.packages.data import PackageDataRule
from slimmer.keep.rules.packages.plugins import PluginsRule
from slimmer.keep.rules.packages.whole import WholePackagesRule

PACKAGE_RULES = (PackageDataRule, PluginsRule, CompanionProgramsRule, WholePackagesRule)

__all__ = ["PACKAGE_RULES"]
