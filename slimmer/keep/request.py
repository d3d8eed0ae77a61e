"""What the keep-set is decided from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from slimmer.files import PackageDatabase, Readings, RootfsIndex
from slimmer.values import Content, CopiedFiles, Repair, Strategy, Trace

# What execvp and every container engine take where the image sets no PATH.
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, kw_only=True)
class KeepRequest:
    """One decision's input. The same request gives the same keep-set."""

    index: RootfsIndex
    content: Content
    """The bytes of the original; each round of rules fetches what it keeps in one go."""
    trace: Trace
    config: Mapping[str, Any]
    """The image's config, as `values.Original.config`."""
    copied: tuple[CopiedFiles, ...] = ()
    """What the builder copied into the image, oldest first."""
    base_finished: int = 0
    """When the image below was finished, see `values.Original.base_finished`."""
    packages: PackageDatabase | None = None
    """The distribution's packages; None: the original has none, or nobody read them."""
    above_base: frozenset[str] | None = None
    """The paths of the layers above the base's, where there is no package database to tell whose a
    file is; None: nobody looked."""
    strategy: Strategy = Strategy.MINIMAL
    includes: tuple[str, ...] = ()
    """Paths of `--include` and `--include-file`: kept with all that is below them."""
    missed: tuple[tuple[str, str], ...] = ()
    """(path, file): what `slim watch` saw to be missing, and the file of `--include-from` that
    says so."""
    excludes: tuple[str, ...] = ()
    """Patterns of `--exclude`, see `rootfs.PathGlobs`: what they cover does not exist."""
    repairs: tuple[Repair, ...] = ()
    """What earlier rounds of the build were seen to miss."""
    withheld: tuple[str, ...] = ()
    """Patterns of what only `repairs` may bring: as if nobody had seen it, nor asked for it."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables given for the run; they win over the image's own."""
    user: str = ""
    """`--user` of the run; empty: the image's USER."""
    workdir: str = ""
    """`--workdir` of the run; empty: the image's WORKDIR."""
    with_rules: frozenset[str] = field(default_factory=frozenset)
    """Names of rules that are asked whatever the strategy."""
    without_rules: frozenset[str] = field(default_factory=frozenset)
    """Names of rules that are switched off; they win over `with_rules`."""
    readings: Readings = field(default_factory=Readings)
    """Shared by the decisions on one original."""

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """The environment of the image's command."""
        image = (line.partition("=") for line in self.config.get("Env") or ())
        return {name: value for name, _, value in image} | dict(self.environment)

    @property
    def search_path(self) -> str:
        """PATH of the image's command, or what stands in for it."""
        return self.variables.get("PATH") or DEFAULT_PATH

    @property
    def effective_user(self) -> str:
        """`user[:group]` as the command runs; empty for root."""
        return self.user or str(self.config.get("User") or "")

    @property
    def working_directory(self) -> str:
        """Absolute; `/` where nobody set one."""
        return self.workdir or str(self.config.get("WorkingDir") or "/")

    @property
    def is_privileged_user(self) -> bool:
        """Whether the command runs as root, for whom setuid programs change nothing."""
        return self.effective_user.partition(":")[0] in ("", "0", "root")
