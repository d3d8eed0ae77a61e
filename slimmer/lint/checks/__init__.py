"""The checks of our own, by their codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from slimmer.lint.check import Check
from slimmer.lint.checks.base_tag import BaseDigest, BaseTag
from slimmer.lint.checks.build_tools import BuildTools
from slimmer.lint.checks.cache_mounts import CacheMounts
from slimmer.lint.checks.changed_later import ChangedLater
from slimmer.lint.checks.context_secrets import ContextSecrets
from slimmer.lint.checks.context_size import ContextSize
from slimmer.lint.checks.copy_sources import IgnoredSource, MissingSource
from slimmer.lint.checks.deleted_later import DeletedLater
from slimmer.lint.checks.heavy_base import HeavyBase
from slimmer.lint.checks.ignore_file import NoIgnoreFile
from slimmer.lint.checks.install_order import InstallOrder
from slimmer.lint.checks.local_artifacts import LocalArtifacts
from slimmer.lint.checks.own_output import OwnOutput
from slimmer.lint.checks.package_caches import PackageCaches
from slimmer.lint.checks.package_lists import PackageLists
from slimmer.lint.checks.shell_form import ShellForm
from slimmer.lint.checks.single_stage import SingleStage
from slimmer.lint.checks.user import User
from slimmer.lint.checks.version_control import VersionControl

CHECKS: Final[Sequence[Check]] = (
    ContextSize(),
    LocalArtifacts(),
    ContextSecrets(),
    VersionControl(),
    IgnoredSource(),
    MissingSource(),
    NoIgnoreFile(),
    OwnOutput(),
    InstallOrder(),
    CacheMounts(),
    PackageLists(),
    PackageCaches(),
    DeletedLater(),
    ChangedLater(),
    BuildTools(),
    SingleStage(),
    HeavyBase(),
    User(),
    ShellForm(),
    BaseTag(),
    BaseDigest(),
)
"""By code; docs/lint.md describes each."""
