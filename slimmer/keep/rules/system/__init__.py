"""What the C library and common system libraries read at run time."""

from slimmer.keep.rules.system.character_sets import CharacterSetRule
from slimmer.keep.rules.system.common_data import (
    LibraryDataRule,
    MediaTypesRule,
    TerminalRule,
)
from slimmer.keep.rules.system.fonts import FontRule
from slimmer.keep.rules.system.icu import IcuRule
from slimmer.keep.rules.system.introspection import IntrospectionRule
from slimmer.keep.rules.system.locales import LocaleRule
from slimmer.keep.rules.system.pam import AccountToolsRule, PamRule
from slimmer.keep.rules.system.schedule import CRON_TABLES, ScheduleRule
from slimmer.keep.rules.system.shell import ShellRule
from slimmer.keep.rules.system.state import StateDirectoriesRule
from slimmer.keep.rules.system.tools import (
    BasicToolsRule,
    RepositoriesRule,
)
from slimmer.keep.rules.system.trust import OpensslRule, TrustStoreRule
from slimmer.keep.rules.system.zone_info import ZoneInfoRule

SYSTEM_RULES = (
    ZoneInfoRule,
    LocaleRule,
    CharacterSetRule,
    TrustStoreRule,
    OpensslRule,
    MediaTypesRule,
    TerminalRule,
    LibraryDataRule,
    IntrospectionRule,
    FontRule,
    IcuRule,
    StateDirectoriesRule,
    RepositoriesRule,
    ScheduleRule,
    PamRule,
    AccountToolsRule,
    ShellRule,
    BasicToolsRule,
)

__all__ = ["CRON_TABLES", "SYSTEM_RULES"]
