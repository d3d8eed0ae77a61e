"""Kinds of values that options have. Each reads the text of a flag and the value of a key in
slim.yaml by the same checks."""

from __future__ import annotations

import enum
import json
import math
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from slimmer.errors import UsageError
from slimmer.options.document import Section, found
from slimmer.options.environment import environment_variable, read_environment_file
from slimmer.options.plan import Plan, read_plan
from slimmer.options.quantities import parse_size
from slimmer.options.steps import read_step
from slimmer.probing import command_probe, http_probe, read_origin


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The common part; it takes any text."""

    metavar: str = "TEXT"
    repeatable: ClassVar[bool] = False
    """Whether a flag may be given several times and a key may have a list; values are tuples
    then."""

    def of_text(self, text: str, folder: Path) -> Any:
        """What the text of a flag, or in slim.yaml, means; files are relative to `folder`. Raises
        UsageError, and ConfigurationError for a file that the text names."""
        return text

    def read(self, section: Section, name: str, folder: Path) -> Any:
        """The value of the section's key `name`, or None where nothing is said. Raises
        ConfigurationError with file, line and key."""
        if not section.given(name):
            return None
        try:
            return self.of_yaml(section, name, folder)
        except UsageError as error:
            raise section.error(name, error.message, error.hint) from error

    def of_yaml(self, section: Section, name: str, folder: Path) -> Any:
        """As `read`, of a key that has a value. An empty text says nothing."""
        text = section.scalar(name, str, "")
        return self.of_text(text, folder) if text else None

    def written(self, value: Any) -> list[str]:
        """The texts that mean this value, one for each use of the flag."""
        return [str(value)]

    def arguments(self, flag: str, value: Any) -> list[str]:
        """The words of a command line that say it."""
        return [f"{flag}={text}" for text in self.written(value)]


@dataclass(frozen=True, kw_only=True)
class Name(Kind):
    """A name, or an id in digits, which YAML takes for a number."""

    def of_yaml(self, section: Section, name: str, folder: Path) -> str | None:
        value = section.take(name)
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise UsageError("expected a user name or id")
        return str(value) or None


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

    def written(self, value: Any) -> list[str]:
        return [f"{value:g}"]


@dataclass(frozen=True, kw_only=True)
class Size(Kind):
    """Bytes, with a unit or without."""

    metavar: str = "SIZE"
    parse: Callable[[str], int] = parse_size

    def of_text(self, text: str, folder: Path) -> int:
        return self.parse(text)

    def of_yaml(self, section: Section, name: str, folder: Path) -> int:
        return self.parse(str(section.take(name)))


@dataclass(frozen=True, kw_only=True)
class Switch(Kind):
    """A flag without a value, and true or false in slim.yaml."""

    metavar: str = ""
    gives: bool = True
    """What the flag says."""

    def of_text(self, text: str, folder: Path) -> bool:
        return self.gives

    def of_yaml(self, section: Section, name: str, folder: Path) -> bool:
        return section.scalar(name, bool, False)

    def arguments(self, flag: str, value: Any) -> list[str]:
        return [flag]


@dataclass(frozen=True, kw_only=True)
class Choice(Kind):
    """One of a few words."""

    words: type[enum.Enum]
    off: enum.Enum | None = None
    """What `false` means, since YAML reads a bare `off` so."""

    @property
    def known(self) -> list[str]:
        """The words."""
        return [str(each.value) for each in self.words]

    def of_text(self, text: str, folder: Path) -> enum.Enum:
        try:
            return self.words(text)
        except ValueError:
            raise UsageError(f"`{text}` is not one of {', '.join(self.known)}") from None

    def of_yaml(self, section: Section, name: str, folder: Path) -> enum.Enum:
        value = section.take(name)
        if value is False and self.off is not None:
            return self.off
        return self.of_text(str(value).lower() if isinstance(value, bool) else str(value), folder)

    def written(self, value: Any) -> list[str]:
        return [str(value.value)]


@dataclass(frozen=True, kw_only=True)
class CommandLine(Kind):
    """A command, split as a shell splits words (no shell runs it), or the words as a JSON list."""

    metavar: str = "COMMAND"

    def of_text(self, text: str, folder: Path) -> tuple[str, ...]:
        try:
            if not re.match(r'\s*\[\s*("|]\s*$)', text):
                return tuple(shlex.split(text))
            words = json.loads(text)
        except ValueError as error:
            raise UsageError(f"`{text}` is not a command line: {error}") from error
        if not all(isinstance(word, str) for word in words):
            raise UsageError(f"`{text}` is not a list of texts (quote numbers)")
        return tuple(words)

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[str, ...]:
        value = section.take(name)
        if isinstance(value, str):
            return self.of_text(value, folder)
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        raise UsageError("expected a command line, or a list of texts (quote numbers)")

    def written(self, value: Any) -> list[str]:
        return [json.dumps(value)]


@dataclass(frozen=True, kw_only=True)
class File(Kind):
    """A file of this machine."""

    metavar: str = "FILE"

    def of_text(self, text: str, folder: Path) -> Any:
        return folder / text


@dataclass(frozen=True, kw_only=True)
class Folder(File):
    """A folder of this machine."""

    metavar: str = "DIR"


@dataclass(frozen=True, kw_only=True)
class Output(File):
    """Where images are written: kept as text, since a slash at its end says that a folder is
    meant."""

    metavar: str = "FILE|DIR"

    def of_text(self, text: str, folder: Path) -> str:
        return f"{folder / text}/" if text.endswith("/") else str(folder / text)


@dataclass(frozen=True, kw_only=True)
class Origin(Kind):
    """A path of the application, or a URL whose host is a name for it."""

    def of_text(self, text: str, folder: Path) -> str:
        read_origin(text)
        return text


@dataclass(frozen=True, kw_only=True)
class Description(File):
    """A file where there is one of that name, or the text is neither a /PATH nor a URL."""

    metavar: str = "PATH|URL|FILE"

    def of_text(self, text: str, folder: Path) -> Path | str:
        file = folder / text
        return file if file.is_file() or not re.match(r"/|https?://", text) else text


@dataclass(frozen=True, kw_only=True)
class DebugTools(Kind):
    """Where the debug image's tools come from: an image, or True or False (no debug image)."""

    metavar: str = "IMAGE"

    def of_yaml(self, section: Section, name: str, folder: Path) -> bool | str:
        value = section.take(name)
        if isinstance(value, bool):
            return value
        inner = Section(section.document, section.path_of(name), value)
        image = inner.scalar("from", str, "")
        inner.finish()
        if not image:
            raise inner.error("from", "expected the name of an image")
        return image


@dataclass(frozen=True, kw_only=True)
class Several(Kind):
    """Several values of a kind: a flag that is repeated, a list (or one text) in slim.yaml."""

    repeatable = True
    each: Kind

    def of_text(self, text: str, folder: Path) -> tuple[Any, ...]:
        return (self.each.of_text(text, folder),)

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[Any, ...]:
        texts = section.texts(name)
        return tuple(value for text in texts for value in self.of_text(text, folder))

    def written(self, value: Any) -> list[str]:
        return [text for each in value for text in self.each.written(each)]


def several(each: Kind, metavar: str = "") -> Several:
    return Several(each=each, metavar=metavar or each.metavar)


@dataclass(frozen=True, kw_only=True)
class Volume(Kind):
    """A SOURCE that starts with a dot is relative to slim.yaml, or to the current folder."""

    metavar: str = "SOURCE:TARGET[:ro]"

    def of_text(self, text: str, folder: Path) -> str:
        return f"{folder.absolute()}/{text}" if text.startswith(".") else text


@dataclass(frozen=True, kw_only=True)
class Lines(Several):
    """The lines of files that are not empty and do not start with #."""

    each: Kind = File()

    def of_text(self, text: str, folder: Path) -> tuple[str, ...]:
        lines = (folder / text).read_text("utf-8", "surrogateescape").splitlines()
        return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@dataclass(frozen=True, kw_only=True)
class Variables(Several):
    """Environment variables, the last of equal names being the one that counts."""

    each: Kind = Kind(metavar="NAME[=VALUE]")

    def of_text(self, text: str, folder: Path) -> tuple[tuple[str, str], ...]:
        return environment_variable(text)

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[tuple[str, str], ...]:
        return section.mapping_of_texts(name)

    def written(self, value: Any) -> list[str]:
        return [f"{name}={text}" for name, text in value]


@dataclass(frozen=True, kw_only=True)
class VariableFiles(Several):
    """Environment variables from files."""

    each: Kind = File()

    def of_text(self, text: str, folder: Path) -> tuple[tuple[str, str], ...]:
        return read_environment_file(folder / text)


@dataclass(frozen=True, kw_only=True)
class Steps(Several):
    """Probes: each a text in its flag, one of several forms in slim.yaml."""

    each: Kind = Kind()
    parse: Callable[[str], Any] = http_probe

    def of_text(self, text: str, folder: Path) -> tuple[Any, ...]:
        return (self.parse(text),)

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[Any, ...]:
        return section.each(name, partial(read_step, folder=folder))


@dataclass(frozen=True, kw_only=True)
class Plans(Several):
    """Plans, ready ones by name and others by file: in slim.yaml alone or as `plan:` with
    `values:`. A flag gives the name only, as its values are flags too."""

    each: Kind = Kind(metavar="FILE|NAME")

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[Plan, ...]:
        value = section.take(name)
        items: Sequence[Any] = value if isinstance(value, list) else [value]
        return tuple(
            self._plan(section, f"{section.path_of(name)}[{number}]", item, folder)
            for number, item in enumerate(items)
        )

    def _plan(self, section: Section, key: str, item: Any, folder: Path) -> Plan:
        values: tuple[tuple[str, str], ...] = ()
        if isinstance(item, dict):
            inner = Section(section.document, key, item)
            item = inner.scalar("plan", str, "")
            values = inner.mapping_of_texts("values")
            inner.finish()
        try:
            if not isinstance(item, str) or not item:
                raise UsageError("expected the name or the file of a plan")
            return read_plan(item, dict(values), folder=folder)
        except UsageError as error:
            raise section.document.error(key, error.message, error.hint) from error


@dataclass(frozen=True, kw_only=True)
class PlanValues(Several):
    """`NAME=VALUE`."""

    each: Kind = Kind(metavar="NAME=VALUE")

    def of_text(self, text: str, folder: Path) -> tuple[tuple[str, str], ...]:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"expected NAME=VALUE, found {found(text)}")
        return ((name, value),)


PORT = Number(metavar="PORT", least=1, most=65535, problem="{} is not a TCP port (1 to 65535)")
_SECONDS = "a number of seconds"
SECONDS = Number(
    metavar="SECONDS",
    called=_SECONDS,
    whole=False,
    above=0,
    problem="{} is not a positive number of seconds",
)
SECONDS_OR_NONE = Number(
    metavar="SECONDS",
    called=_SECONDS,
    whole=False,
    least=0,
    problem=f"expected {_SECONDS}, found {{}}",
)
COUNT = Number(metavar="COUNT", least=1, problem="{} is less than 1")
COUNT_OR_NONE = Number(metavar="COUNT", least=0, problem="{} is less than 0")
HTTP_PROBES = Steps(metavar="[METHOD:]PATH|URL [STATUS]")
COMMAND_PROBES = Steps(metavar="COMMAND", parse=command_probe)
