"""The table of options as options of click: raw texts, which slimmer.options reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from slimmer.options import GROUPS, TABLE, Kind, Option, Place, Switch, Texts, default_of

_COLUMN = 32
"""Where the help of an option begins."""
OTHERS = "Other"
"""The heading of options that are not in the table."""


class _Words(click.Choice[str]):
    """Completed by the shell; what is not among them is refused where slim.yaml's are."""

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> str:
        return str(value)


class GroupedCommand(click.Command):
    """Its help has the options of the table below the headings of their groups."""

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        told = {
            parameter.opts[-1]: record
            for parameter in self.get_params(context)
            if isinstance(parameter, click.Option)
            and (record := parameter.get_help_record(context))
        }
        groups = {
            heading: [told.pop(option.name) for option in options if option.name in told]
            for heading, options in GROUPS.items()
        }
        for heading, records in (*groups.items(), (OTHERS, list(told.values()))):
            if not records:
                continue
            with formatter.section(heading):
                formatter.write_dl(
                    [(f"{left:{_COLUMN - 4}}", text) for left, text in records],
                    col_max=_COLUMN - 4,
                )


def table_options(options: Iterable[Option] = TABLE) -> Callable[[Any], Any]:
    """Adds these to a command."""
    flags = [option for option in options if option.flags]

    def add(command: Any) -> Any:
        for option in reversed(flags):
            command = click.option(*option.flags, **_attributes(option))(command)
        return command

    return add


def texts_of(parameters: Mapping[str, Any]) -> Texts:
    """What was given of the table's options, by click's names for them."""
    texts: dict[str, list[str]] = {}
    for option in TABLE:
        value = parameters.get(option.name.lstrip("-").replace("-", "_")) if option.flags else None
        if value in (None, False, ()) or (value == "" and option.kind.place):
            continue  # `--output ""` names no file
        texts[option.name] = (
            [""] if value is True else [value] if isinstance(value, str) else list(value)
        )
    return texts


def _attributes(option: Option) -> dict[str, Any]:
    kind = option.kind
    default = default_of(option)
    attributes: dict[str, Any] = {
        "help": option.help + (f" [{default}]" if default else ""),
        "hidden": option.is_foreign,
    }
    if isinstance(kind, Switch):
        return attributes | {"is_flag": True}
    if option.alone:
        attributes |= {"is_flag": False, "flag_value": option.alone}
    several = kind.repeatable
    return attributes | {
        "multiple": several,
        "type": _type(kind),
        "metavar": f"{kind.metavar}…" if several else kind.metavar,
    }


def _type(kind: Kind) -> click.ParamType[Any]:
    if kind.words:
        return _Words(kind.words)
    if kind.place is None:
        return click.STRING
    return click.Path(
        exists=kind.place is Place.FILE_THAT_EXISTS,
        file_okay=kind.place is not Place.FOLDER,
        dir_okay=kind.place in (Place.FOLDER, Place.ANY),
    )
