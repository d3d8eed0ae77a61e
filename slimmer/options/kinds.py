"""Kinds of values that options have. Each reads the text of a flag and the value of a key in
slim.yaml by the same checks."""

from __future__ import annotations

import dataclasses
import enum
import json
import math
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from slimmer.disk import is_regular
from slimmer.errors import UsageError
from slimmer.options.document import Section, found
from slimmer.options.environment import environment_variable, read_environment_file
from slimmer.options.quantities import parse_size
from slimmer.probing import read_origin


class Place(enum.Enum):
    """What of this machine a text names, for who types it."""

    FILE = "file"
    FILE_THAT_EXISTS = "file that exists"
    FOLDER = "folder"
    ANY = "any"


def _as_it_is(text: str, _: Path) -> str:
    return text


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A text that may mean something."""

    metavar: str = "TEXT"
    parse: Callable[[str, Path], Any] = _as_it_is
    """What a text means; files are relative to the folder. Raises UsageError, and
    ConfigurationError for a file that the text names."""
    pattern: str = ""
    """What a text must look like; empty: anything. `metavar` tells it to people."""
    numbers: bool = False
    """Whether slim.yaml may say a number, which is text then: an id, a size."""
    place: Place | None = None
    words: tuple[str, ...] = ()
    """All texts that there are; empty: any."""
    repeatable: ClassVar[bool] = False
    """Whether a flag may be given several times and a key may have a list; values are tuples
    then."""

    def of_text(self, text: str, folder: Path) -> Any:
        """What the text of a flag means; raises as `parse`."""
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise UsageError(f"expected {self.metavar}, found {found(text)}")
        return self.parse(text, folder)

    def read(self, section: Section, name: str, folder: Path = Path()) -> Any:
        """The value of the section's key `name`, or None where nothing is said: an empty text
        says nothing. Raises ConfigurationError with file, line and key."""
        if not section.given(name):
            return None
        try:
            return self.of_yaml(section, name, folder)
        except UsageError as error:
            raise section.error(name, error.message, error.hint) from error

    def of_yaml(self, section: Section, name: str, folder: Path) -> Any:
        """As `read`, of a key that has a value."""
        value = section.take(name)
        if self.numbers and isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise UsageError(f"expected text, found {found(value)}")
        return self.of_text(value, folder) if value else None

    def arguments(self, flag: str, value: Any) -> list[str]:
        """The words of a command line that say it."""
        return [f"{flag}={value}"]


@dataclass(frozen=True, kw_only=True)
class Number(Kind):
    """A number within bounds."""

    called: str = "a whole number"
    whole: bool = True
    least: float = -math.inf
    above: float = -math.inf
    most: float = math.inf
    problem: str
    """What is said of a number out of bounds: `{} is not a TCP port`."""

    def of_text(self, text: str, folder: Path) -> int | float:
        try:
            return self._checked(int(text) if self.whole else float(text))
        except ValueError:
            raise UsageError(f"expected {self.called}, found {found(text)}") from None

    def of_yaml(self, section: Section, name: str, folder: Path) -> int | float:
        value = section.take(name)
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            raise UsageError(f"expected {self.called}, found {found(value)}")
        return self._checked(value if self.whole else float(value))

    def _checked(self, number: int | float) -> int | float:
        if math.isfinite(number) and number > self.above and self.least <= number <= self.most:
            return number
        raise UsageError(self.problem.format(number if self.whole else f"{number:g}"))


@dataclass(frozen=True, kw_only=True)
class Switch(Kind):
    """A flag without a value, and true or false in slim.yaml."""

    gives: bool = True
    """What the flag says."""

    def of_text(self, text: str, folder: Path) -> bool:
        return self.gives

    def of_yaml(self, section: Section, name: str, folder: Path) -> bool:
        return section.scalar(name, bool, False)

    def arguments(self, flag: str, value: Any) -> list[str]:
        return [flag]


@dataclass(frozen=True, kw_only=True)
class Refused(Switch):
    """A flag of `docker run` that is not taken."""

    reason: str

    def of_text(self, text: str, folder: Path) -> bool:
        raise UsageError(self.reason)


@dataclass(frozen=True, kw_only=True)
class Choice(Kind):
    """One of a few words."""

    off: str = ""
    """The word that `false` means, since YAML reads a bare `off` so."""

    def of_yaml(self, section: Section, name: str, folder: Path) -> Any:
        value = section.take(name)
        if isinstance(value, bool):
            value = self.off if self.off and not value else str(value).lower()
        return self.of_text(str(value), folder)


@dataclass(frozen=True, kw_only=True)
class CommandLine(Kind):
    """A command, split as a shell splits words (no shell runs it), or its words as a JSON list."""

    metavar: str = "COMMAND"

    def of_text(self, text: str, folder: Path) -> tuple[str, ...]:
        try:
            if not re.match(r'\s*\[\s*("|]\s*$)', text):
                return tuple(shlex.split(text))
            words = json.loads(text)
        except ValueError as error:
            raise UsageError(f"`{text}` is not a command line: {error}") from error
        return _texts(words)

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[str, ...]:
        value = section.take(name)
        return self.of_text(value, folder) if isinstance(value, str) else _texts(value)

    def arguments(self, flag: str, value: Any) -> list[str]:
        return [f"{flag}={json.dumps(value)}"]


def _texts(words: Any) -> tuple[str, ...]:
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        return tuple(words)
    raise UsageError("expected a command line, or a list of texts (quote numbers)")


@dataclass(frozen=True, kw_only=True)
class Several(Kind):
    """Several values: a flag that is repeated, a list (or one text) in slim.yaml. What one text
    means is a tuple of them."""

    repeatable = True

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[Any, ...]:
        texts = section.texts(name)
        return tuple(value for text in texts for value in self.of_text(text, folder))

    def arguments(self, flag: str, value: Any) -> list[str]:
        return [f"{flag}={each}" for each in value]


@dataclass(frozen=True, kw_only=True)
class Variables(Several):
    """Environment variables, a mapping in slim.yaml."""

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[tuple[str, str], ...]:
        return section.mapping_of_texts(name)

    def arguments(self, flag: str, value: Any) -> list[str]:
        return [f"{flag}={name}={text}" for name, text in value]


@dataclass(frozen=True, kw_only=True)
class DebugTools(Kind):
    """Where the debug image's tools come from: an image, or True or False (no debug image)."""

    metavar: str = "IMAGE"

    def of_text(self, text: str, folder: Path) -> str:
        if not text:
            raise UsageError("expected the name of an image")
        return text

    def of_yaml(self, section: Section, name: str, folder: Path) -> bool | str:
        value = section.take(name)
        if isinstance(value, bool):
            return value
        inner = Section(section.document, section.path_of(name), value)
        image = inner.scalar("from", str, "")
        inner.finish()
        return self.of_text(image, folder)


def like(metavar: str, pattern: str, *, numbers: bool = False) -> Kind:
    """Texts of one form."""
    return Kind(metavar=metavar, pattern=pattern, numbers=numbers)


def several(each: Kind) -> Several:
    """Several values of a kind."""
    return Several(
        metavar=each.metavar,
        parse=lambda text, folder: (each.parse(text, folder),),
        pattern=each.pattern,
        place=each.place,
        words=each.words,
    )


def choice(words: type[enum.Enum], off: str = "") -> Choice:
    """One of the values of an enumeration."""
    known = tuple(str(each.value) for each in words)

    def parse(text: str, _: Path) -> enum.Enum:
        if text not in known:
            raise UsageError(f"`{text}` is not one of {', '.join(known)}")
        return words(text)

    return Choice(metavar="|".join(known), parse=parse, words=known, off=off)


def _origin(text: str, _: Path) -> str:
    read_origin(text)
    return text


def _description(text: str, folder: Path) -> Path | str:
    """A file where there is one of that name, or it is neither a /PATH nor a URL."""
    file = folder / text
    return file if is_regular(file) or not re.match(r"/|https?://", text) else text


def _volume(text: str, folder: Path) -> str:
    return f"{folder.absolute()}/{text}" if text.startswith(".") else text


def _lines(text: str, folder: Path) -> tuple[str, ...]:
    """Those that are not empty and do not start with #."""
    lines = (folder / text).read_text("utf-8", "surrogateescape").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


TEXT: Final = Kind()
NAME: Final = Kind(metavar="NAME")
IDENTITY: Final = Kind(metavar="USER", numbers=True)
SIZE: Final = Kind(metavar="SIZE", numbers=True, parse=lambda text, _: parse_size(text))
PORT: Final = Number(
    metavar="PORT", least=1, most=65535, problem="{} is not a TCP port (1 to 65535)"
)
SECONDS: Final = Number(
    metavar="SECONDS",
    called="a number of seconds",
    whole=False,
    above=0,
    problem="{} is not a positive number of seconds",
)
SECONDS_OR_NONE: Final = dataclasses.replace(
    SECONDS, above=-1, least=0, problem="expected a number of seconds, found {}"
)
COUNT: Final = Number(metavar="COUNT", least=1, problem="{} is less than 1")
COUNT_OR_NONE: Final = Number(metavar="COUNT", least=0, problem="{} is less than 0")
COMMAND_LINE: Final = CommandLine()
FILE: Final = Kind(metavar="FILE", parse=lambda text, folder: folder / text, place=Place.FILE)
ANY_PLACE: Final = dataclasses.replace(FILE, metavar="FILE|DIR", place=Place.ANY)
FOLDER: Final = dataclasses.replace(FILE, metavar="DIR", place=Place.FOLDER)
OUTPUT: Final = Kind(  # kept as text, since a slash at its end says that a folder is meant
    metavar="FILE|DIR",
    parse=lambda text, folder: str(folder / text) + "/" * text.endswith("/"),
    place=Place.ANY,
)
ORIGIN: Final = Kind(metavar="[PATH|URL]", parse=_origin)
DESCRIPTION: Final = Kind(metavar="PATH|URL|FILE", parse=_description, place=Place.ANY)
VOLUMES: Final = several(Kind(metavar="FROM:TO[:ro]", parse=_volume))
VARIABLES: Final = Variables(
    metavar="NAME[=VALUE]", parse=lambda text, _: environment_variable(text)
)
VARIABLE_FILES: Final = Several(
    metavar="FILE",
    parse=lambda text, folder: read_environment_file(folder / text),
    place=Place.FILE_THAT_EXISTS,
)
LINES: Final = Several(metavar="FILE", parse=_lines, place=Place.FILE_THAT_EXISTS)
