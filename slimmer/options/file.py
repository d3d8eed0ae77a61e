"""slim.yaml: every option of `slim build`, in a file that can be checked in.

docs/slim-yaml.md describes it; relative paths in the file are relative to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from slimmer.errors import UsageError
from slimmer.options.document import Document, Section
from slimmer.options.option import Option, Part, Scope, Settings
from slimmer.options.options import BuildOptions
from slimmer.options.probes import with_plans
from slimmer.options.settings import FileSettings, add, build_options, rival
from slimmer.options.table import PARTS, needed, rows_for

SLIM_YAML = "slim.yaml"
CHECK = "check"
"""The section with the gates of `slim check`."""
LINT = "lint"
"""The section for `slim lint`."""
IMAGES = "images"
"""The key of files with several images, see slimmer.fleet."""
_AT_THE_TOP = frozenset(Scope) - {Scope.ONLY_IN_ROLES}
_IN_A_ROLE = frozenset(Scope) - {Scope.BUILD}


def read_options(path: Path) -> BuildOptions:
    """What slim.yaml says, without any flag. Raises as `read_file` and `build_options`."""
    return build_options(read_file(path), {})


def read_file(path: Path) -> FileSettings:
    """Read slim.yaml. Raises ConfigurationError with file, line and key."""
    return read_section(Document(path).root(), path.parent)


def read_section(root: Section, folder: Path) -> FileSettings:
    """The same for a mapping with the keys of slim.yaml in any file; paths are relative to
    `folder`. Raises ConfigurationError."""
    for command in (CHECK, LINT):  # these are no options of a build
        root.take(command)
    if root.has(IMAGES):
        raise root.error(IMAGES, "one build has one `image`", "slim fleet FILE builds several")
    for option in rows_for([Scope.ONE_ROLE]) if root.has("roles") else ():
        key = option.key.partition(".")[0]
        if root.has(key):
            raise root.error(key, f"which role is meant? write it as `roles.NAME.{key}`")
    try:
        settings = _settings(root, folder, rows_for(_AT_THE_TOP))
        roles = _roles(root, folder)
    except UsageError as error:
        raise root.document.error(root.key, error.message, error.hint) from error
    root.finish()
    return FileSettings(build=settings, roles=roles)


def read_command_section(path: Path, name: str) -> Section | None:
    """What a file says of another command than `slim build` (CHECK, LINT): its section of that
    name, else the whole file; None for a slim.yaml without it. Raises ConfigurationError."""
    root = Document(path).root()
    if root.has(name):
        return root.section(name)
    return None if path.name == SLIM_YAML else root


def _roles(root: Section, folder: Path) -> dict[str, Settings]:
    if not root.has("roles"):
        root.take("roles")
        return {}
    section = root.section("roles")
    if section is None or not section.names:
        raise root.error("roles", "expected at least one role: its name, with its own keys below")
    roles = {}
    for name in section.names:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name):
            raise section.error(name, "a role's name has letters, digits, `_`, `.` and `-` only")
        own = section.section(name) or Section(root.document, section.path_of(name), {})
        roles[name] = _settings(own, folder, rows_for(_IN_A_ROLE))
        own.finish()
    return roles


def _settings(section: Section, folder: Path, options: Sequence[Option]) -> Settings:
    """What the section says, and those below it that are parts."""
    settings: Settings = {}
    below: dict[str, Section | None] = {}
    for option in options:
        where, _, name = option.key.rpartition(".")
        if where and where not in below:
            below[where] = _part(section, where, PARTS[where])
        holder = below[where] if where else section
        if holder is None:
            continue
        value = option.kind.read(holder, name, folder)
        if value is None:
            continue
        if other := rival(settings, option):
            raise holder.error(name, f"it and `{other.key}` exclude each other")
        add(settings, option, value)
    for name, inner in below.items():
        if inner is not None:
            inner.finish()
            part, needs = PARTS[name], needed(name)
            if part.expected and needs not in settings:
                raise inner.error(part.needs, part.expected)
            if needs:
                settings.setdefault(needs, getattr(part.defaults, part.needs, None))
    return with_plans(settings)


def _part(section: Section, name: str, part: Part) -> Section | None:
    """The section of a part, whatever form it has in the file; None where it is not wanted."""
    value: Any = section.take(name)
    if isinstance(value, str) and str in part.short:
        value = {part.short[str]: value}
    elif isinstance(value, bool) and value in part.short:
        value = part.short[value]
    return None if value is None else Section(section.document, section.path_of(name), value)
