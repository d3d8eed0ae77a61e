"""Servers with split configuration: nothing here knows any of them by name."""

from slimmer.keep.rules.servers.configuration import ConfigurationTreeRule, ConfiguredPathsRule
from slimmer.keep.rules.servers.control import ControlProgramsRule, control_programs
from slimmer.keep.rules.servers.switches import SwitchedModulesRule

SERVER_RULES = (
    ConfigurationTreeRule,
    ConfiguredPathsRule,
    ControlProgramsRule,
    SwitchedModulesRule,
)

__all__ = ["SERVER_RULES", "control_programs"]
