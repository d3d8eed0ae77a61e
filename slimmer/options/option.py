"""What a row of the table of options says, and the words it says it with."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slimmer.options.kinds import Kind

Settings = dict[str, Any]
"""Field → value, of those options for which something was said."""


class Scope(enum.Enum):
    """Whose an option is where slim.yaml has `roles`."""

    BUILD = "of the build"
    """It stands above the roles only."""
    EVERY_ROLE = "of each role"
    """What stands above the roles, or is a flag, is said of all of them."""
    ROLE_COMMAND = "of each role, but for the flag"
    """As EVERY_ROLE, but the flag is refused."""
    ONE_ROLE = "of one role"
    """It stands below a role only, and the flag is refused."""
    ONLY_IN_ROLES = "of a role"
    """It makes no sense without roles, and has no flag."""


@dataclass(frozen=True)
class Option:
    """One option of `slim build`."""

    field: str
    """The setting: a field of BuildOptions, or `run.user` for a field of one of its PARTS."""
    spelling: str
    """`-t --tag`; empty: slim.yaml only."""
    key: str
    """In slim.yaml: `run.user` is `user` below `run`; empty: the command line only."""
    kind: Kind
    help: str
    """In a few words: 46 characters fit beside the flag. The default comes from the field."""
    scope: Scope = Scope.BUILD
    appends: bool = False
    """Whether flags add to slim.yaml's value, and a role's value to that of all roles; else they
    replace it."""
    instead_of: str = ""
    """A field that cannot be said beside this one, and does not count where a flag says this."""
    docker_run: bool = False
    """Whether `docker run` has the same flag, which `slim trace start`, `slim watch` and the pytest
    plugin then take as well."""
    alone: str = ""
    """The value of a flag behind which none stands; empty: one must."""
    is_foreign: bool = False
    """Whether it is another program's spelling, which is read and not documented."""

    @property
    def flags(self) -> list[str]:
        """As they are spelled, the longest last."""
        return self.spelling.split()

    @property
    def name(self) -> str:
        """The flag's longest spelling, the key where it has none."""
        return self.flags[-1] if self.spelling else self.key


@dataclass(frozen=True, kw_only=True)
class Part:
    """A value inside of BuildOptions: its options have a section of their own in slim.yaml."""

    made_of: Callable[..., Any]
    """The class, or what makes a value of the settings."""
    defaults: type
    """The dataclass whose field defaults the help tells."""
    needs: str = ""
    """The key without which there is no such value; empty: there always is one."""
    missing: str = ""
    """What is said of a flag that needs it: `--crawl-depth is for …`."""
    expected: str = ""
    """What is expected of that key in the section; empty where it has a default there."""
    short: Mapping[type | bool, Mapping[str, Any] | str | None] = field(default_factory=dict)
    """What may stand for the section: `str` with the key that a text is the value of, true or
    false with the section that it means (None: none)."""
