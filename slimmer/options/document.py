"""Typed access to a YAML document, with errors that name file, line and key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from slimmer.errors import ConfigurationError

if TYPE_CHECKING:
    from yaml import Node, YAMLError

T = TypeVar("T")

_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def _where(error: YAMLError) -> str:
    """What the parser found wrong, and where; not the line itself, which may hold a password."""
    parts = (
        (getattr(error, "context", None), getattr(error, "context_mark", None)),
        (getattr(error, "problem", None), getattr(error, "problem_mark", None)),
    )
    told = [
        f"{what}, line {mark.line + 1}, column {mark.column + 1}" if mark is not None else what
        for what, mark in parts
        if what
    ]
    return "\n".join(told) or str(error)


class Document:
    """A parsed YAML file: its values, and where each of them stands."""

    def __init__(self, path: Path) -> None:
        import yaml  # only a run with a file pays for it

        self.path = path
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"cannot read {path}: {error}") from error
        try:
            node = yaml.compose(text, yaml.SafeLoader)
            self.value: Any = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ConfigurationError(f"{path} is not YAML", details=_where(error)) from error
        self._lines: dict[str, int] = {}
        if node is not None:
            self._locate(node, "")

    def _locate(self, node: Node, key: str) -> None:
        from yaml import MappingNode, SequenceNode

        self._lines.setdefault(key, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            for name, value in node.value:
                inner = f"{key}.{name.value}" if key else str(name.value)
                self._lines[inner] = name.start_mark.line + 1
                self._locate(value, inner)
        elif isinstance(node, SequenceNode):
            for number, value in enumerate(node.value):
                self._locate(value, f"{key}[{number}]")

    def root(self) -> Section:
        """The whole document, which must be a mapping (an empty file is an empty one)."""
        return Section(self, "", {} if self.value is None else self.value)

    def error(self, key: str, problem: str, hint: str = "") -> ConfigurationError:
        """An error at the place where `key` stands, or would stand if it were there."""
        place = key
        while place and place not in self._lines:
            place = re.sub(r"[.\[][^.\[]*$", "", place) if re.search(r"[.\[]", place) else ""
        line = self._lines.get(place)
        where = f"{self.path}:{line}" if line else str(self.path)
        return ConfigurationError(f"{where}: {f'{key}: ' if key else ''}{problem}", hint=hint)


class Section:
    """One mapping of a document. Every `take` removes a key; `finish` refuses what is left."""

    def __init__(self, document: Document, key: str, value: Any) -> None:
        self.document = document
        self.key = key
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise document.error(key, f"expected keys with values, found {found(value)}")
        self._left: dict[str, Any] = dict(value)
        self._known: list[str] = []

    def path_of(self, name: str) -> str:
        """The full key of `name` in this section."""
        return f"{self.key}.{name}" if self.key else name

    def error(self, name: str, problem: str, hint: str = "") -> ConfigurationError:
        """An error at this section's key `name`."""
        return self.document.error(self.path_of(name), problem, hint)

    def has(self, name: str) -> bool:
        """Whether the key is there (and not taken yet)."""
        return name in self._left

    @property
    def names(self) -> tuple[str, ...]:
        """The keys that were not taken yet, in the order of the file."""
        return tuple(self._left)

    def get(self, name: str) -> Any:
        """The raw value, or None; it is not taken."""
        return self._left.get(name)

    def take(self, name: str) -> Any:
        """The raw value, or None."""
        self._known.append(name)
        return self._left.pop(name, None)

    def given(self, name: str) -> bool:
        """Whether the key has a value. One without a value (null) is taken, and means nothing."""
        self._known.append(name)
        if self._left.get(name) is None:
            self._left.pop(name, None)
            return False
        return True

    def scalar(self, name: str, kind: type[T], default: T) -> T:
        """A text, number or boolean. A whole number is a number; nothing else is converted."""
        value = self.take(name)
        if value is None:
            return default
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return kind(value)  # type: ignore[call-arg]
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise self.error(
                name, f"expected {_NAMES.get(kind, kind.__name__)}, found {found(value)}"
            )
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; a single text is a list of one."""
        value = self.take(name)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.error(name, f"expected a list of texts, found {found(value)}")
        return tuple(items)

    def mapping_of_texts(self, name: str) -> tuple[tuple[str, str], ...]:
        """A mapping of texts to texts, in the order of the file; numbers become texts."""
        value = self.take(name)
        if value is None:
            return ()
        if not isinstance(value, dict):
            raise self.error(name, f"expected keys with values, found {found(value)}")
        pairs = []
        for key, item in value.items():
            if isinstance(item, bool) or not isinstance(item, str | int | float):
                raise self.error(f"{name}.{key}", f"expected text, found {found(item)} (quote it)")
            pairs.append((str(key), str(item)))
        return tuple(pairs)

    def section(self, name: str) -> Section | None:
        """A mapping below this one, or None."""
        value = self.take(name)
        return None if value is None else Section(self.document, self.path_of(name), value)

    def each(self, name: str, read: Callable[[Section, str], T]) -> tuple[T, ...]:
        """Read every mapping of a list; `read` gets the section and its key."""
        value = self.take(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.error(name, f"expected a list, found {found(value)}")
        keys = [f"{self.path_of(name)}[{number}]" for number in range(len(value))]
        return tuple(
            read(Section(self.document, key, item), key)
            for key, item in zip(keys, value, strict=True)
        )

    def finish(self) -> None:
        """Refuse every key that nothing took, and name the nearest known one."""
        for name in self._left:
            raise self.error(name, "unknown key", _nearest(name, self._known))


def _nearest(name: str, known: Iterable[str]) -> str:
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean `{near[0]}`?" if near else f"known keys here: {', '.join(names)}"


def found(value: Any) -> str:
    """What an error calls a value: `the text `eighty``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text `{value}`"
    return "a list" if isinstance(value, list) else "keys with values"
