"""Groups of commands, none of which pays for what another one needs."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

import click

from slimmer.errors import UsageError

ASSUMED: Final = "slimmer.assumed"
"""In the context's `meta`: the word that was taken for an argument of the group's `usual` command,
as no command has that name."""


class LazyGroup(click.Group):
    """Imports a command when it is asked for."""

    def __init__(self, *, lazy: Mapping[str, str], usual: str = "", **rest: Any) -> None:
        """`lazy`: name of a command → `module:function`, in the order of the help; other commands
        stand behind them. `usual` is the command that is meant where none is named; empty: one
        must be."""
        super().__init__(**rest)
        self._lazy = lazy
        self._usual = usual

    def list_commands(self, context: click.Context) -> list[str]:
        return [*self._lazy, *super().list_commands(context)]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self._lazy:
            return super().get_command(context, name)
        module, _, function = self._lazy[name].partition(":")
        command = getattr(importlib.import_module(module), function)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A word that is no command, nor like one, is what the usual command is for."""
        word = arguments[0]
        is_known = word in self.list_commands(context)
        if is_known or word.startswith("-") or context.resilient_parsing:
            return super().resolve_command(context, arguments)
        near = get_close_matches(word.lower(), self.list_commands(context), n=2)
        if near or not self._usual:
            raise self._unknown(context, word, near)
        context.meta[ASSUMED] = word
        return self._usual, self.get_command(context, self._usual), arguments

    def _unknown(self, context: click.Context, word: str, near: list[str]) -> UsageError:
        path = context.command_path
        meant = " or ".join(f"`{path} {name}`" for name in near)
        hint = f"did you mean {meant}?" if meant else f"`{path} -h` lists the commands"
        if self._usual:
            hint += f" For an image of that name: {path} {self._usual} {word}"
        return UsageError(f"there is no command `{word}`", hint=hint)
