"""The rules, in the order in which they are asked: a path that several ask for in one round has
the reason of the first as its first.

Three things that are rules in the reasons and in no list: `link` and `directory` are the ledger's,
for what lies on the way to a kept path, and `--exclude` wins over all of them there.
"""

from collections.abc import Iterable

from slimmer.keep.environments import Landmark
from slimmer.keep.rule import OwnPackages, Rule, Rulebook
from slimmer.keep.rules.application import ApplicationRule
from slimmer.keep.rules.certificates import CertificatesRule
from slimmer.keep.rules.code_paths import CodePathsRule
from slimmer.keep.rules.command import EntrypointRule, HomeAndWorkdirRule, VolumeRule
from slimmer.keep.rules.copied_files import CopiedFilesRule
from slimmer.keep.rules.elf import ElfInterpreterRule, ElfNeededRule
from slimmer.keep.rules.fixed_files import (
    AccountsRule,
    MountPointsRule,
    NetworkFilesRule,
    OsReleaseRule,
    TemporaryDirectoriesRule,
)
from slimmer.keep.rules.glibc import NameServiceRule, UnwinderRule
from slimmer.keep.rules.include import IncludeRule
from slimmer.keep.rules.loader_cache import LoaderCacheRule
from slimmer.keep.rules.local_time import LocalTimeRule
from slimmer.keep.rules.makefile import MakefileRule
from slimmer.keep.rules.mentions import MentionsRule
from slimmer.keep.rules.own_files import OwnFilesRule
from slimmer.keep.rules.packages import PACKAGE_RULES
from slimmer.keep.rules.repair import RepairRule
from slimmer.keep.rules.root_links import RootLinksRule
from slimmer.keep.rules.scripts import EntrypointScriptsRule
from slimmer.keep.rules.servers import SERVER_RULES
from slimmer.keep.rules.shebang import ShebangRule
from slimmer.keep.rules.system import SYSTEM_RULES
from slimmer.keep.rules.trace import TraceRule
from slimmer.keep.rules.unseen_links import UnseenLinksRule

_BEFORE_LANGUAGES: tuple[type[Rule], ...] = (
    TraceRule,
    RepairRule,
    IncludeRule,
    EntrypointRule,
    VolumeRule,
    HomeAndWorkdirRule,
    AccountsRule,
    NetworkFilesRule,
    OsReleaseRule,
    CertificatesRule,
    LocalTimeRule,
    TemporaryDirectoriesRule,
    MountPointsRule,
    ElfInterpreterRule,
    ElfNeededRule,
    ShebangRule,
    RootLinksRule,
    UnseenLinksRule,
    LoaderCacheRule,
    NameServiceRule,
    UnwinderRule,
)
_BEHIND_LANGUAGES: tuple[type[Rule], ...] = (
    ApplicationRule,
    CopiedFilesRule,
    OwnFilesRule,
    CodePathsRule,
    EntrypointScriptsRule,
    MakefileRule,
    MentionsRule,
    *SYSTEM_RULES,
    *SERVER_RULES,
    *PACKAGE_RULES,
)


def rulebook(
    *,
    languages: Iterable[type[Rule]],
    landmarks: Iterable[Landmark],
    sources: Iterable[str],
    own_packages: Iterable[OwnPackages] = (),
) -> Rulebook:
    """All rules, those of languages at their place among them; each says for itself which
    strategies it is part of."""
    return Rulebook(
        rules=(*_BEFORE_LANGUAGES, *languages, *_BEHIND_LANGUAGES),
        landmarks=tuple(landmarks),
        sources=tuple(sources),
        own_packages=tuple(own_packages),
    )


CLOSURE = Rulebook(
    rules=(
        ElfInterpreterRule,
        ElfNeededRule,
        ShebangRule,
        RootLinksRule,
        LoaderCacheRule,
        NameServiceRule,
    )
)
"""What a kept file implies, whoever asked for it."""
