"""`slim help`: what a command does, as its --help says it, what exit codes mean, the manual."""

from __future__ import annotations

from difflib import get_close_matches

import click

from slimmer.cli.failure import exit_code_table
from slimmer.errors import UsageError

EXIT_CODES = "exit-codes"
MANUAL = "man"


@click.command(short_help="Tell what a command does, or what exit codes mean.")
@click.argument("topic", nargs=-1, metavar=f"[COMMAND…|{EXIT_CODES}|{MANUAL}]")
@click.pass_context
def help(context: click.Context, topic: tuple[str, ...]) -> None:
    """Tell what a COMMAND does, as its --help would, or what the exit codes of all commands mean,
    or write the manual page.

    \b
      slim help build
      slim help exit-codes
      slim help man | man -l -
    """
    if topic == (EXIT_CODES,):
        click.echo(exit_code_table())
        return
    if topic == (MANUAL,):
        from slimmer.cli.manual import manual  # loads every command

        click.echo(manual(context.find_root()), nl=False)
        return
    asked = context.find_root()
    for word in topic:
        command = asked.command
        inner = command.get_command(asked, word) if isinstance(command, click.Group) else None
        if inner is None:
            names = command.list_commands(asked) if isinstance(command, click.Group) else []
            near = get_close_matches(word, names, n=1)
            raise UsageError(
                f"there is no help on `{' '.join(topic)}`",
                hint=f"did you mean `{asked.command_path} {near[0]}`?"
                if near
                else "`slim help` lists the commands",
            )
        asked = click.Context(inner, info_name=word, parent=asked)
    click.echo(asked.get_help())
