"""What a row of the table of options says, and the words it says it with."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slimmer.options.kinds import Kind, Schema


class Group(enum.Enum):
    """What options are for: the headings of `slim build --help`, in their order."""

    PROBES = "Probes"
    RUN = "Running the original"
    COMPOSE = "Running it with Compose"
    KEEP = "What stays in the image"
    TEST = "Testing the result"
    OUTPUT = "What comes out"
    TRACE = "Saved traces"


class Scope(enum.Enum):
    """Whose an option is where slim.yaml has `roles`."""

    BUILD = "of the build"
    """It stands above the roles only."""
    EVERY_ROLE = "of each role"
    """What stands above the roles, or is a flag, is said of all of them."""
    ONE_ROLE = "of one role"
    """It stands below a role only, and the flag is refused."""
    ONLY_IN_ROLES = "of a role"
    """It makes no sense without roles, and has no flag."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option of `slim build`."""

    field: str
    """The setting: a field of BuildOptions, or `run.user` for a field of one of its parts (see
    PARTS in table.py)."""
    kind: Kind
    flags: tuple[str, ...] = ()
    """`-t`, `--tag`; empty: slim.yaml only."""
    key: str = ""
    """In slim.yaml: `run.user` is `user` below `run`; empty: the command line only."""
    group: Group
    help: str
    """Without the default, and without saying that it may be repeated."""
    scope: Scope = Scope.BUILD
    appends: bool = False
    """Whether flags add to slim.yaml's value, and a role's value to that of all roles; else they
    replace it."""
    names_role: bool = False
    """Whether the flag is refused where there are several roles, although the key is not."""
    docker_run: bool = False
    """Whether `docker run` has the same flag, which `slim trace start`, `slim watch` and the pytest
    plugin then take as well."""
    alone: str = ""
    """The value of a flag behind which none stands; empty: one must."""

    @property
    def name(self) -> str:
        """The flag's longest spelling, the key where it has none."""
        return self.flags[-1] if self.flags else self.key


Settings = dict[str, Any]
"""Field → value, of those options for which something was said."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A value inside of BuildOptions: its options have a section of their own in slim.yaml."""

    made_of: Callable[..., Any]
    """The class, or what makes a value of the settings."""
    defaults: type
    """The dataclass whose field defaults the help tells."""
    needs: str = ""
    """The setting without which there is no such value; empty: there always is one."""
    missing: str = ""
    """What is said of a flag that needs it: `--crawl-depth is for …`."""
    opens: str = ""
    """The key of `needs`, without which the section is refused; empty: it has a default."""
    expected: str = ""
    """What is expected of that key."""
    short: Mapping[bool | type[str], Settings | str] = field(default_factory=dict)
    """What stands for the section: true or false with the settings that they mean, `str` with the
    key whose value a text is."""

    def short_schemas(self) -> list[Schema]:
        """For each of them."""
        texts: list[Schema] = [{"type": "string"}] if str in self.short else []
        words = [word for word in self.short if isinstance(word, bool)]
        return texts + ([{"enum": words}] if words else [])
