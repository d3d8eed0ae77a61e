"""What click refuses, told as every other error is, with what was probably meant."""

from __future__ import annotations

from difflib import get_close_matches

import click

from slimmer.errors import UsageError
from slimmer.options import is_of_docker_run

_ALIKE = 0.65
"""From which likeness on an option may have been meant: with 0.6 `--since` was `--json`."""


def as_usage_error(error: click.UsageError) -> UsageError:
    """The error for a command line that click does not understand."""
    message = error.format_message()
    context = error.ctx
    if isinstance(error, click.NoSuchOption):
        return _unknown_option(error.option_name, context)
    hint = f"`{context.command_path} -h` tells more" if context is not None else ""
    return UsageError(message[:1].lower() + message[1:].rstrip("."), hint=hint)


def _unknown_option(name: str, context: click.Context | None) -> UsageError:
    if context is None:
        return UsageError(f"there is no option {name}")
    path = context.command_path
    owners = [owner for owner, options in _of_commands(context).items() if name in options]
    if owners:
        return UsageError(
            f"{name} is an option of `{owners[0]}`",
            hint=f"it stands behind the command: {owners[0]} {name} …",
        )
    if is_of_docker_run(name) and any(each.name == "arguments" for each in context.command.params):
        return UsageError(
            f"`{path}` has no option {name}",
            hint=f"what `docker run` would be given stands behind IMAGE: {path} IMAGE {name} …",
        )
    near = get_close_matches(name, _options(context.command), n=3, cutoff=_ALIKE)
    # Those that are nearly as good as the best only: one letter is missing more often than a word.
    best = [each for each in near if each.startswith(name) or name.startswith(each)] or near[:1]
    return UsageError(
        f"`{path}` has no option {name}",
        hint=f"did you mean {' or '.join(best)}?" if best else f"`{path} -h` lists them",
    )


def _options(command: click.Command) -> list[str]:
    """Those that its help shows."""
    return [
        flag
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.hidden
        for flag in parameter.opts
        if flag.startswith("--")
    ]


def _of_commands(context: click.Context) -> dict[str, list[str]]:
    """The options of the commands of a group, for one that was put in front of its command."""
    group = context.command
    if not isinstance(group, click.Group):
        return {}
    commands = ((name, group.get_command(context, name)) for name in group.list_commands(context))
    return {
        f"{context.command_path} {name}": _options(command) for name, command in commands if command
    }
