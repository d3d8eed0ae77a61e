"""Servers with split configuration: nothing here knows any of them by name."""

from slimmer.keep.rules.servers.configuration import ConfigurationTreeRule, ConfiguredPathsRule

SERVER_RULES = (ConfigurationTreeRule, ConfiguredPathsRule)

__all__ = ["SERVER_RULES"]
