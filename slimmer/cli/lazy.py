"""Groups of commands, none of which pays for what another one needs."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """Imports a command when it is asked for."""

    def __init__(self, *, lazy: Mapping[str, str], **rest: Any) -> None:
        """`lazy`: name of a command → `module:function`, in the order of the help; other commands
        stand behind them."""
        super().__init__(**rest)
        self._lazy = lazy

    def list_commands(self, context: click.Context) -> list[str]:
        return [*self._lazy, *super().list_commands(context)]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self._lazy:
            return super().get_command(context, name)
        module, _, function = self._lazy[name].partition(":")
        command = getattr(importlib.import_module(module), function)
        assert isinstance(command, click.Command)
        return command
