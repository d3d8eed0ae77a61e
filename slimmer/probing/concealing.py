"""What an application says of the secrets that it was given, without their values.

Applications print their settings, and echo what they are sent. What slimmer tells of a run is read
by others, in the logs of CI and in reports, so the values are taken out of it, as CI systems do
with their own secrets.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from slimmer.errors import SlimError
from slimmer.probing.secrets import HIDDEN, is_secret, secret_values
from slimmer.values import Probe

_SHORTEST: Final = 4
"""Characters of a value that is looked for, where a name says that it is a secret."""
_SHORTEST_OF_ANY: Final = 6
"""The same of any other variable: `true` and `8080` are everywhere."""
_SHORTEST_INSIDE: Final = 8
"""The same of a value that is looked for inside of words."""


class Concealment:
    """Hides values in texts."""

    def __init__(self, values: Iterable[str]) -> None:
        longest_first = sorted({*values}, key=lambda each: (-len(each), each))
        self._values = re.compile("|".join(map(_form, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """The text without them."""
        return self._values.sub(HIDDEN, text) if self._values is not None else text


@contextlib.contextmanager
def concealed_errors(conceal: Concealment) -> Iterator[None]:
    """An error of the block has no secrets in its words."""
    try:
        yield
    except SlimError as error:
        conceal_error(error, conceal)
        raise


def conceal_error(error: SlimError, conceal: Concealment) -> None:
    """Change its words."""
    error.message, error.hint, error.details = map(
        conceal, (error.message, error.hint, error.details)
    )


def values_to_conceal(
    environment: Iterable[tuple[str, str]], probes: Iterable[Probe]
) -> Iterator[str]:
    """Values of variables, and of what probes send under the name of a secret."""
    for name, value in environment:
        yield from _of_variable(name, value)
    for probe in probes:
        yield from (each for each in secret_values(probe) if len(each) >= _SHORTEST)


def _of_variable(name: str, value: str) -> Iterator[str]:
    """Line by line, as that is how a log has it. A path is none: it says what is missing."""
    shortest = _SHORTEST if is_secret(name) else _SHORTEST_OF_ANY
    for line in map(str.strip, value.splitlines()):
        if len(line) >= shortest and not line.startswith("/"):
            yield line
        yield from _password_in(line)


def _password_in(url: str) -> Iterator[str]:
    """`secret` of `postgres://app:secret@db/shop`, as it is written and as it is meant."""
    if "://" not in url:
        return
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        return
    yield from (each for each in {password, unquote(password)} if len(each) >= _SHORTEST)


def _form(value: str) -> str:
    """A short value only as a word: `admin` is not hidden in `administrator`."""
    text = re.escape(value)
    return text if len(value) >= _SHORTEST_INSIDE else rf"(?<!\w){text}(?!\w)"
