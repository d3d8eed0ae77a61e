"""The manual page, slim(1), of the commands as they are installed: man(7) macros, which man-db and
mandoc read alike."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Final

import click

from slimmer import __version__
from slimmer.cli.failure import all_causes

_VARIABLES: Final = {
    "DOCKER_HOST": "The address of the engine, as for the docker command.",
    "DOCKER_CONTEXT": "The context that names it, where DOCKER_HOST does not.",
    "TMPDIR": "Where layers lie while a build goes on.",
    "SOURCE_DATE_EPOCH": "Seconds since 1970: no time in an image is later.",
    "SLIM_SIGN_PASSPHRASE": "Opens the key of --sign-key.",
}
_NAME: Final = "slim"


def manual(root: click.Context) -> str:
    """The whole page; `root` is the context of `slim`."""
    command = root.command
    lines = [
        f'.TH {_NAME.upper()} 1 "" "slimmer {__version__}" "User Commands"',
        ".SH NAME",
        rf"{_NAME} \- {_text(command.get_short_help_str(200).rstrip('.').lower())}",
        ".SH SYNOPSIS",
        rf".B {_NAME}",
        r"\fICOMMAND\fR [\fIOPTIONS\fR] [\fIARGUMENTS\fR]",
        ".SH DESCRIPTION",
        *_description(command),
        ".SH COMMANDS",
    ]
    for context in _commands(root):
        lines += _command(context)
    lines.append(".SH EXIT STATUS")
    causes = [(0, "done"), *((each.exit_code, each.cause) for each in all_causes())]
    lines += [line for code, cause in causes for line in _item(str(code), cause)]
    lines.append(".SH ENVIRONMENT")
    lines += [line for name, told in _VARIABLES.items() for line in _item(name, told)]
    lines += [".SH SEE ALSO", ".BR docker (1),", ".BR podman (1)"]
    return "\n".join(lines) + "\n"


def _commands(context: click.Context) -> Iterator[click.Context]:
    group = context.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(inner)
        else:
            yield inner


def _command(context: click.Context) -> list[str]:
    usage = " ".join(context.command.collect_usage_pieces(context))
    lines = [f".SS {_quoted(f'{context.command_path} {usage}')}", *_description(context.command)]
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            lines += _item(*record)
    return lines


def _item(term: str, told: str) -> list[str]:
    return [".TP", rf"\fB{_text(term)}\fR", _line(told) or r"\&"]


def _description(command: click.Command) -> list[str]:
    """Paragraphs; those behind click's mark for it keep their lines."""
    lines: list[str] = []
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(command.help or "")):
        if paragraph.startswith("\b"):
            kept = [_line(each) for each in paragraph.splitlines()[1:]]
            lines += [".PP", ".nf", *kept, ".fi"]
        elif paragraph:
            lines += [".PP", _line(" ".join(paragraph.split()))]
    return lines[1:] if lines[:1] == [".PP"] else lines


def _line(text: str) -> str:
    """A line of text, which may not be taken for a request."""
    told = _text(text.rstrip())
    return rf"\&{told}" if told.startswith((".", "'")) else told


def _text(text: str) -> str:
    told = text.replace("\\", r"\e").replace("-", r"\-").replace("…", "...")
    return told.replace("`", r"\(ga").replace("~", r"\(ti").replace("^", r"\(ha")


def _quoted(text: str) -> str:
    return '"' + _text(text).replace('"', r"\(dq") + '"'
