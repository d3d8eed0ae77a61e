"""How a plan writes what is sent over a connection, and what must come then: the same keys for all
kinds that keep one open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from slimmer.probing.keys import Given, Items, Key, KeyProblemError, Keys, Shape

_ONE: Final = Keys(
    keys=(
        Key("send", Shape.BYTES),
        Key("send_hex", Shape.HEX),
        Key("expect", Shape.PATTERN),
        Key("expect_hex", Shape.HEX),
    ),
    exclusive=(
        ("send", "send_hex", "either `send:` or `send_hex:`"),
        ("expect", "expect_hex", "either `expect:` or `expect_hex:`"),
    ),
)
EXCLUSIVE: Final = _ONE.exclusive


def exchange_keys(build: Callable[[Given, Path], Any]) -> tuple[Key, ...]:
    """`send`, `expect` and so on for a single exchange, `exchange` for several; `build` makes
    one."""
    return (*_ONE.keys, Key("exchange", Items(keys=_ONE, build=build)))


def taken_exchanges(
    fields: dict[str, Any], folder: Path, build: Callable[[Given, Path], Any]
) -> tuple[Any, ...]:
    """The exchanges, their keys removed from `fields`. Raises KeyProblemError."""
    exchanges: tuple[Any, ...] = fields.pop("exchange", ())
    own = {key.name: fields.pop(key.name) for key in _ONE.keys if key.name in fields}
    if own and exchanges:
        raise KeyProblemError("exchange", "it already says what is sent and expected")
    return (build(own, folder),) if own else exchanges
