"""Kinds of values that options have. Each reads the text of a flag and the value of a key in
slim.yaml by the same check, and says in a JSON schema what it takes."""

from __future__ import annotations

import enum
import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from slimmer.errors import UsageError
from slimmer.options.document import Section
from slimmer.options.environment import environment_variable, read_environment_file
from slimmer.options.quantities import parse_size

Schema = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The common part; it takes any text.

    `parse` and `of_yaml` raise UsageError for a value that is wrong. Where `repeatable`, both
    give a tuple: what one flag adds, and what the whole list holds.
    """

    metavar: str = "TEXT"
    repeatable: ClassVar[bool] = False
    schema: ClassVar[Schema] = {"type": "string"}

    def parse(self, text: str) -> Any:
        """The value of a flag."""
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
        """As `read`, of a key that has a value. `folder` is that of the file."""
        return section.scalar(name, str, "")

    def written(self, value: Any) -> list[str]:
        """The texts that `parse` makes this value of, one for each use of the flag."""
        return [str(value)]

    def json_schema(self) -> Schema:
        """What slim.yaml may say."""
        return self.schema


@dataclass(frozen=True, kw_only=True)
class Name(Kind):
    """A name, or an id in digits, which YAML takes for a number."""

    schema: ClassVar[Schema] = {"type": ["string", "integer"]}

    def of_yaml(self, section: Section, name: str, folder: Path) -> str:
        value = section.take(name)
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise UsageError("expected a user name or id")
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Number(Kind):
    """A number within bounds."""

    whole: bool = True
    least: float | None = None
    above: float | None = None
    most: float | None = None
    problem: str
    """What is said of a number out of bounds: `… is not a TCP port`."""

    def parse(self, text: str) -> int | float:
        try:
            return self._checked(int(text) if self.whole else float(text))
        except ValueError:
            what = "a whole number" if self.whole else "a number"
            raise UsageError(f"`{text}` is not {what}") from None

    def of_yaml(self, section: Section, name: str, folder: Path) -> int | float:
        return self._checked(section.scalar(name, int if self.whole else float, 0))

    def _checked(self, number: int | float) -> int | float:
        if (
            (self.least is None or number >= self.least)
            and (self.above is None or number > self.above)
            and number <= (float("1e300") if self.most is None else self.most)
        ):
            return number
        raise UsageError(
            f"{number:g} {self.problem}" if not self.whole else f"{number} {self.problem}"
        )

    def written(self, value: Any) -> list[str]:
        return [f"{value:g}"]

    def json_schema(self) -> Schema:
        bounds = {"minimum": self.least, "exclusiveMinimum": self.above, "maximum": self.most}
        limits = {key: bound for key, bound in bounds.items() if bound is not None}
        return {"type": "integer" if self.whole else "number", **limits}


@dataclass(frozen=True, kw_only=True)
class Size(Kind):
    """Bytes, with a unit or without."""

    metavar: str = "SIZE"
    schema: ClassVar[Schema] = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}

    def parse(self, text: str) -> int:
        return parse_size(text)

    def of_yaml(self, section: Section, name: str, folder: Path) -> int:
        return parse_size(str(section.take(name)))


@dataclass(frozen=True, kw_only=True)
class Switch(Kind):
    """A flag without a value, and true or false in slim.yaml."""

    gives: Any = True
    """What the flag says."""
    schema: ClassVar[Schema] = {"type": "boolean"}

    def of_yaml(self, section: Section, name: str, folder: Path) -> bool:
        return section.scalar(name, bool, False)


@dataclass(frozen=True, kw_only=True)
class Choice(Kind):
    """One of a few words."""

    words: type[enum.Enum]
    off: enum.Enum | None = None
    """What `false` means, since YAML reads a bare `off` so."""

    def parse(self, text: str) -> enum.Enum:
        try:
            return self.words(text)
        except ValueError:
            raise UsageError(f"`{text}` is not one of {', '.join(self.known)}") from None

    def of_yaml(self, section: Section, name: str, folder: Path) -> Any:
        value = section.take(name)
        if value is False and self.off is not None:
            return self.off
        return self.parse(str(value).lower() if isinstance(value, bool) else str(value))

    def written(self, value: Any) -> list[str]:
        return [value.value]

    @property
    def known(self) -> tuple[str, ...]:
        """The words."""
        return tuple(each.value for each in self.words)

    def json_schema(self) -> Schema:
        return {"enum": [*self.known, *([] if self.off is None else [False])]}


@dataclass(frozen=True, kw_only=True)
class CommandLine(Kind):
    """A command, split as a shell splits words; no shell runs it."""

    metavar: str = "COMMAND"
    schema: ClassVar[Schema] = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
    }

    def parse(self, text: str) -> tuple[str, ...]:
        try:
            return tuple(shlex.split(text))
        except ValueError as error:
            raise UsageError(f"`{text}` is not a command line: {error}") from error

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[str, ...]:
        value = section.take(name)
        if isinstance(value, str):
            return self.parse(value)
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        raise UsageError("expected a command line, or a list of texts (quote numbers)")

    def written(self, value: Any) -> list[str]:
        return [shlex.join(value)]


@dataclass(frozen=True, kw_only=True)
class Place(Kind):
    """A file or folder of this machine; one in slim.yaml is relative to that file."""

    metavar: str = "FILE"
    exists: bool = False
    """Whether a flag must name one that is there."""
    folder: bool = False
    """Whether it may be a folder."""
    file: bool = True
    """Whether it may be a file."""

    def parse(self, text: str) -> Any:
        return Path(text)

    def of_yaml(self, section: Section, name: str, folder: Path) -> Any:
        text = section.scalar(name, str, "")
        return folder / text if text else None


@dataclass(frozen=True, kw_only=True)
class Output(Kind):
    """Where images are written: kept as text, since a slash at its end says that a folder is
    meant."""

    metavar: str = "FILE|DIR"

    def of_yaml(self, section: Section, name: str, folder: Path) -> str:
        text = section.scalar(name, str, "")
        return os.path.join(folder, text) if text else ""


_TEXTS: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


@dataclass(frozen=True, kw_only=True)
class Texts(Kind):
    """Several texts: a flag that is repeated, a list (or one text) in slim.yaml."""

    repeatable = True
    schema: ClassVar[Schema] = _TEXTS
    each: Callable[[str], Any] = str
    """What a text means; raises UsageError."""
    choices: tuple[str, ...] = ()
    """The texts that there are, for the help, completion and schema; empty: any."""

    def parse(self, text: str) -> tuple[Any, ...]:
        return (self.each(text),)

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[Any, ...]:
        return tuple(self.each(text) for text in section.texts(name))

    def written(self, value: Any) -> list[str]:
        return [str(each) for each in value]

    def json_schema(self) -> Schema:
        if not self.choices:
            return _TEXTS
        one = {"enum": list(self.choices)}
        return {"anyOf": [one, {"type": "array", "items": one}]}


def one_of(words: type[enum.Enum]) -> Texts:
    """Several of a few words."""
    choice = Choice(words=words)
    return Texts(each=choice.parse, choices=choice.known)


@dataclass(frozen=True, kw_only=True)
class Places(Place):
    """Several files."""

    repeatable = True
    schema: ClassVar[Schema] = _TEXTS

    def parse(self, text: str) -> tuple[Path, ...]:
        return (Path(text),)

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[Path, ...]:
        return tuple(folder / text for text in section.texts(name))


@dataclass(frozen=True, kw_only=True)
class Volumes(Texts):
    """`SOURCE:TARGET[:ro]`; a SOURCE in slim.yaml that starts with a dot is relative to it."""

    metavar: str = "SOURCE:TARGET[:ro]"

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[str, ...]:
        return tuple(
            os.path.join(folder.absolute(), text) if text.startswith(".") else text
            for text in section.texts(name)
        )


@dataclass(frozen=True, kw_only=True)
class Lines(Places):
    """Texts from files, one per line; empty lines and lines that start with # are none."""

    exists: bool = True

    def parse(self, text: str) -> tuple[Any, ...]:
        lines = Path(text).read_text("utf-8", "surrogateescape").splitlines()
        return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@dataclass(frozen=True, kw_only=True)
class Variables(Kind):
    """Environment variables, the last of equal names being the one that counts."""

    metavar: str = "NAME[=VALUE]"
    repeatable = True
    schema: ClassVar[Schema] = {
        "type": "object",
        "additionalProperties": {"type": ["string", "number"]},
    }

    def parse(self, text: str) -> tuple[tuple[str, str], ...]:
        return environment_variable(text)

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[tuple[str, str], ...]:
        return section.mapping_of_texts(name)

    def written(self, value: Any) -> list[str]:
        return [f"{name}={text}" for name, text in value]


@dataclass(frozen=True, kw_only=True)
class VariableFile(Place):
    """Environment variables from a file."""

    repeatable = True
    exists: bool = True

    def parse(self, text: str) -> tuple[tuple[str, str], ...]:
        return read_environment_file(Path(text))

    def of_yaml(self, section: Section, name: str, folder: Path) -> Any:
        text = section.scalar(name, str, "")
        return read_environment_file(folder / text) if text else ()


@dataclass(frozen=True, kw_only=True)
class Read(Kind):
    """A value of slim.yaml that has a reader of its own."""

    reader: Callable[[Section, str, Path], Any]
    document: Schema = field(default_factory=dict)
    """Its JSON schema."""

    def of_yaml(self, section: Section, name: str, folder: Path) -> Any:
        return self.reader(section, name, folder)

    def json_schema(self) -> Schema:
        return self.document


PORT = Number(metavar="PORT", least=1, most=65535, problem="is not a TCP port (1 to 65535)")
SECONDS = Number(
    metavar="SECONDS", whole=False, above=0, problem="is not a positive number of seconds"
)
SECONDS_OR_NONE = Number(
    metavar="SECONDS", whole=False, least=0, problem="is not a number of seconds"
)
COUNT = Number(metavar="COUNT", least=1, problem="is less than 1")
COUNT_OR_NONE = Number(metavar="COUNT", least=0, problem="is less than 0")
USER = Name(metavar="USER")
COMMAND_LINE = CommandLine()
