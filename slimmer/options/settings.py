"""Settings of slim.yaml and of flags, and the BuildOptions that they make together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slimmer.errors import UsageError
from slimmer.options.option import Option, Scope, Settings
from slimmer.options.options import BuildOptions, DebugImage, Role
from slimmer.options.probes import plans_named, with_plans
from slimmer.options.table import PARTS, TABLE, needed, part_of
from slimmer.values import RunOptions, Source

Texts = Mapping[str, Sequence[str]]
"""Name of an option → what its flag was given, each time that it was; a switch is given an empty
text."""

_APPENDED = frozenset(option.field for option in TABLE if option.appends)
_INSTEAD = {option.field: option.instead_of for option in TABLE if option.instead_of}
_OF_ROLES = (Scope.EVERY_ROLE, Scope.ROLE_COMMAND)


@dataclass(frozen=True, kw_only=True)
class FileSettings:
    """What a slim.yaml says."""

    build: Settings = field(default_factory=dict)
    roles: Mapping[str, Settings] = field(default_factory=dict)
    """Name → what it says of itself."""


def rival(settings: Settings, option: Option) -> Option | None:
    """The option that has said something already which excludes this one."""
    own = () if option.kind.repeatable else (option.field, option.instead_of)
    return next((each for each in TABLE if each.field in settings and each.field in own), None)


def add(settings: Settings, option: Option, value: Any) -> None:
    """What one option says, joined with what others say of the same field."""
    joined = option.kind.repeatable and option.field in settings
    settings[option.field] = (*settings[option.field], *value) if joined else value


def of_flags(texts: Texts, folder: Path = Path()) -> Settings:
    """What flags say. Raises UsageError, and ConfigurationError for what stands in a file that a
    flag names."""
    settings: Settings = {}
    for option in TABLE:
        given = texts.get(option.name, ())
        for text in given if option.kind.repeatable else given[-1:]:
            try:
                value = option.kind.of_text(text, folder)
            except UsageError as error:
                message = f"{option.name}: {error.message}"
                raise UsageError(message, hint=error.hint) from error
            if other := rival(settings, option):
                raise UsageError(f"{other.name} and {option.name} exclude each other")
            add(settings, option, value)
    names, values = settings.pop("plans", ()), settings.pop("plan_values", ())
    return with_plans(settings | {"plans": plans_named(names, dict(values))})


def build_options(file: FileSettings, texts: Texts) -> BuildOptions:
    """slim.yaml with every flag that was given laid over it. Raises as `of_flags`, and UsageError
    for what does not go together."""
    flags = of_flags(texts)
    settings = _over(file.build, flags)
    _refuse_flags_without_use(file, settings, texts)
    shared = _shared(file.build)
    roles = tuple(
        _role(name, _over(_over(shared, own), _shared(flags))) for name, own in file.roles.items()
    )
    fields = {"image": "", **made(settings)}
    tools = fields.pop("debug", True)
    if tools is not True:
        fields["debug"] = DebugImage.FROM_IMAGE if tools else DebugImage.NONE
        fields["debug_from"] = tools or ""
    fields["sources"] = frozenset(fields.get("sources") or Source)
    options = BuildOptions(**fields, roles=roles)
    _refuse_what_compose_has_not(options)
    _refuse_engines_of_nothing(options, file, flags)
    return options


def laid_over(below: FileSettings, above: FileSettings) -> FileSettings:
    """What both say together; `above` wins, or adds to what is a list as flags do. Roles of
    `above` take the place of those of `below`."""
    return FileSettings(build=_over(below.build, above.build), roles=above.roles or below.roles)


def _over(below: Settings, above: Settings) -> Settings:
    dropped = {_INSTEAD.get(name) for name in above}
    merged = {name: value for name, value in below.items() if name not in dropped}
    for name, value in above.items():
        appends = name in _APPENDED and name in merged
        merged[name] = (*merged[name], *value) if appends else value
    return merged


def _shared(settings: Settings) -> Settings:
    """What is said for all roles."""
    names = {option.field for option in TABLE if option.scope in _OF_ROLES}
    return {name: value for name, value in settings.items() if name in names}


def made(settings: Settings) -> dict[str, Any]:
    """The fields of BuildOptions or a Role, parts made."""
    fields = {name: value for name, value in settings.items() if "." not in name}
    for name, part in PARTS.items():
        if not part.needs or needed(name) in settings:
            prefix = f"{name}."
            fields[name] = part.made_of(
                **{
                    field.removeprefix(prefix): value
                    for field, value in settings.items()
                    if field.startswith(prefix)
                }
            )
    return fields


def _role(name: str, settings: Settings) -> Role:
    role = Role(name=name, **made(settings))
    if "healthcheck" in settings:
        return role
    # HEALTHCHECK is made for the image's own command: of another one it would tell nothing.
    return dataclasses.replace(role, healthcheck=role.runs_own_command)


def _refuse_flags_without_use(file: FileSettings, settings: Settings, texts: Texts) -> None:
    """Flags that do not say which role they are for, or how something is done that is not done."""
    for option in TABLE:
        if option.name not in texts:
            continue
        if file.roles and option.scope in (Scope.ONE_ROLE, Scope.ROLE_COMMAND):
            raise UsageError(
                f"{option.name} does not say which role of the image it is for: "
                + ", ".join(file.roles),
                hint="write it below the role in slim.yaml",
            )
        part = part_of(option)
        if part and PARTS[part].needs and needed(part) not in settings:
            raise UsageError(f"{option.name} is for {PARTS[part].missing}")
    if "from_trace" in settings and "--trace-source" in texts:
        raise UsageError(
            "--trace-source is for a traced run, and a build from a trace has none",
            hint="leave it out, or trace anew with --save-trace",
        )
    if "--allow-drift" in texts and not {"from_trace", "cache_directory"} & settings.keys():
        raise UsageError("--allow-drift says how to take a trace, and --from-trace names none")
    if "--retrace" in texts and "from_trace" not in settings:
        raise UsageError(
            "--retrace renews a trace, and --from-trace names none",
            hint="name the file with --from-trace; --cache-dir renews its traces by itself",
        )


def _refuse_engines_of_nothing(options: BuildOptions, file: FileSettings, flags: Settings) -> None:
    """A slim.yaml may have the engines of all its platforms, while a flag names one of these."""
    built = options.platforms
    if "engines" not in flags:
        built = (*built, *file.build.get("platforms", ()))
    for name, address in options.engines:
        if name not in {each.name for each in built}:
            raise UsageError(
                f"--engine {name}={address}: nothing is built for {name}",
                hint=f"add --platform {name}; for a build without it, DOCKER_HOST={address}",
            )


def _refuse_what_compose_has_not(options: BuildOptions) -> None:
    if options.compose is None:
        for role in options.roles:
            if role.service:
                raise UsageError(
                    f"role {role.name}: there is no compose file that has its service "
                    f"`{role.service}`",
                    hint="name it with --compose, or `compose:` in slim.yaml",
                )
    elif any(run.network for run in (options.run, *(role.run for role in options.roles))):
        raise UsageError(
            "a network and a compose file exclude each other",
            hint="the original joins the networks of its service",
        )


def run_flags(run: RunOptions) -> list[str]:
    """The flags of `slim build` that say this."""
    own = {
        option.field: option
        for option in TABLE
        if option.flags and part_of(option) == "run" and not option.is_foreign
    }
    words: list[str] = []
    for name, option in own.items():
        value = getattr(run, name.removeprefix("run."))
        if value != getattr(RunOptions, name.removeprefix("run.")):
            words += option.kind.arguments(option.name, value)
    return words
