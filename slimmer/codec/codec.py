"""One form of documents: what it leaves out, and which classes stand for a declared type."""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING
from typing import Any

from slimmer.codec.form import Mismatch, default_of
from slimmer.codec.reading import Readers


class Codec:
    """One form of documents."""

    def __init__(
        self,
        *,
        terse: bool = False,
        kinds: Mapping[Any, Mapping[str, type[Any]]] = types.MappingProxyType({}),
    ) -> None:
        """`terse` leaves out what has its default, sorts the keys and refuses those that it does
        not know: what it reads may not mean more than it understands. Without it only texts that
        are empty by default are left out, and other keys are passed over.

        `kinds` has, for a type that is declared somewhere, the word for each class that may stand
        there. Further words for a class are read, its first one is written;
        such a class has its word in front wherever it stands, so no field is declared as one.
        """
        self._terse = terse
        self._words: dict[type[Any], str] = {}
        for words in kinds.values():
            for word, kind in words.items():
                self._words.setdefault(kind, word)
        self._fields: Callable[[Any], tuple[tuple[str, object], ...]] = functools.cache(
            self._fields_of
        )
        self._encoder = functools.cache(self._encoder_with)
        self._readers = Readers(kinds, is_terse=terse)

    def encode(self, value: object, *, indent: int | None = None) -> str:
        """A value's JSON text (ASCII)."""
        return self._encoder(indent).encode(value)

    def _encoder_with(self, indent: int | None) -> json.JSONEncoder:
        return json.JSONEncoder(
            default=self._plain,
            indent=indent,
            sort_keys=self._terse,
            separators=(",", ":") if self._terse else None,
            allow_nan=False,
        )

    def lines(self, document: object) -> Iterator[str]:
        """The text of a dataclass, one line for each element of its lists and each member of its
        mappings, so that `grep` and `diff` are of use on it. It never is in memory as a whole."""
        before = "{\n"
        for key, value in self._plain(document).items():
            head = f"{before}  {self.encode(key)}: "
            before = ",\n"
            if not value or not isinstance(value, tuple | Mapping):
                yield head + self.encode(value)
                continue
            opening, closing = "[]" if isinstance(value, tuple) else "{}"
            yield head + opening
            between = "\n"
            for element in value:
                member = "" if isinstance(value, tuple) else f"{self.encode(str(element))}: "
                content = element if isinstance(value, tuple) else value[element]
                yield f"{between}    {member}{self.encode(content)}"
                between = ",\n"
            yield f"\n  {closing}"
        yield "\n}\n"

    def decode(self, kind: Any, text: str | bytes) -> Any:
        """The value that a JSON text stands for. Raises Mismatch, whatever the text is."""
        return self.read(kind, parse(text))

    def read(self, kind: Any, value: object) -> Any:
        """The same for what `parse` gave."""
        return self._readers.of(kind)(value)

    def _plain(self, value: Any) -> Any:
        """One step towards what `json` knows, which asks again for what is inside."""
        if isinstance(value, bytes):
            return value.decode("utf-8", "surrogateescape")
        if isinstance(value, enum.Enum):
            return value.value
        if isinstance(value, frozenset):
            return sorted(value)
        if isinstance(value, Mapping):
            return dict(value)
        kind = type(value)
        members = {
            name: content
            for name, default in self._fields(kind)
            if (content := getattr(value, name)) != default
        }
        return {word: members} if (word := self._words.get(kind)) else members

    def _fields_of(self, kind: Any) -> tuple[tuple[str, object], ...]:
        """(name, the value with which it is left out) for each field."""
        defaults = ((field.name, default_of(field)) for field in dataclasses.fields(kind))
        return tuple(
            (name, default if self._terse or default == "" else MISSING)
            for name, default in defaults
        )


def parse(text: str | bytes) -> object:
    """What a JSON text says. Raises Mismatch for whatever is none, numbers without an end and
    nesting without one among it."""
    try:
        value: object = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Mismatch(f"not JSON, or not all of it: {error}") from None
    return value


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is not a number")
