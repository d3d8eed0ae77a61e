"""The functions that read: one for each declared type, made once."""

from __future__ import annotations

import dataclasses
import enum
import functools
import math
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Annotated, Any, Final

from slimmer.codec.form import Keywords, Mismatch, default_of, shown

Reader = Callable[[Any], Any]
"""A JSON value → what its field has. Raises Mismatch."""


class Readers:
    """Those of one form of documents."""

    def __init__(self, kinds: Mapping[Any, Mapping[str, type[Any]]], *, is_terse: bool) -> None:
        self._kinds = kinds
        self._is_terse = is_terse
        self.of: Callable[[Any], Reader] = functools.cache(self._make)
        """The reader for a declared type."""

    def _make(self, declared: Any) -> Reader:
        if declared in self._kinds:
            words = self._kinds[declared]
            return _kind_reader({word: self._object(each) for word, each in words.items()})
        origin, inner = typing.get_origin(declared), typing.get_args(declared)
        if origin is Annotated:
            keywords = next(each for each in inner[1:] if isinstance(each, Keywords))
            return _narrowed(_SCALARS.get(inner[0]) or self.of(inner[0]), keywords)
        if origin in (types.UnionType, typing.Union):
            # `X | None`: there are no other unions than those of `kinds`.
            (wanted,) = (each for each in inner if each is not type(None))
            read = self.of(wanted)
            return lambda value: None if value is None else read(value)
        if origin is tuple or origin is frozenset:
            return self._sequence(origin, inner)
        if origin is not None and issubclass(origin, Mapping):
            return _mapping_reader(inner[0], self.of(inner[1]))
        if dataclasses.is_dataclass(declared):
            return self._object(declared)
        if isinstance(declared, type) and issubclass(declared, enum.Enum):
            return _enum_reader(declared)
        reader = _SCALARS[declared]
        return _narrowed(reader, Keywords()) if declared in (int, float) else reader

    def _object(self, kind: Any) -> Reader:
        hints = typing.get_type_hints(kind, include_extras=True)
        fields = tuple(
            (field.name, self.of(hints[field.name]), default_of(field) is MISSING)
            for field in dataclasses.fields(kind)
        )
        names = frozenset(name for name, _, _ in fields)

        def read(value: Any) -> Any:
            given = _of(dict, "an object", value)
            members = {}
            for name, reader, is_required in fields:
                if name in given:
                    try:
                        members[name] = reader(given[name])
                    except Mismatch as error:
                        raise error.below(name) from None
                elif is_required:
                    raise Mismatch("is missing").below(name)
            if self._is_terse and len(members) < len(given):
                raise Mismatch("is not known here").below(next(iter(given.keys() - names)))
            return kind(**members)

        return read

    def _sequence(self, origin: type[Any], inner: tuple[Any, ...]) -> Reader:
        first, rest = inner, None
        if origin is frozenset or inner[-1] is Ellipsis:
            first, rest = (), self.of(inner[0])
        elif typing.get_origin(inner[-1]) is typing.Unpack:
            ((every, _),) = map(typing.get_args, typing.get_args(inner[-1]))
            first, rest = inner[:-1], self.of(every)
        readers = tuple(map(self.of, first))

        def read(value: Any) -> Any:
            given = _of(list, "a list", value)
            if len(given) < len(readers) or (rest is None and len(given) > len(readers)):
                raise Mismatch(f"{len(given)} elements where {len(readers)} are expected")
            elements: list[Any] = []
            for each in given:
                number = len(elements)
                reader = readers[number] if number < len(readers) else rest
                try:
                    elements.append(reader(each))  # type: ignore[misc]
                except Mismatch as error:
                    raise error.below(number) from None
            return origin(elements)

        return read


def _kind_reader(readers: Mapping[str, Reader]) -> Reader:
    def read(value: Any) -> Any:
        given = _of(dict, "an object", value)
        if len(given) != 1:
            raise Mismatch(f"{len(given)} keys where the word for one kind is expected")
        ((word, inner),) = given.items()
        if word not in readers:
            raise Mismatch(f"no kind is called {shown(word)}")
        try:
            return readers[word](inner)
        except Mismatch as error:
            raise error.below(word) from None

    return read


def _mapping_reader(key_type: type[Any], reader: Reader) -> Reader:
    def read(value: Any) -> Any:
        members = {}
        for key, each in _of(dict, "an object", value).items():
            if key_type is int and not re.fullmatch("[0-9]{1,18}", key):
                raise Mismatch("expected a number for a key").below(key)
            try:
                members[key_type(_text(key))] = reader(each)
            except Mismatch as error:
                raise error.below(key) from None
        return members

    return read


def _enum_reader(kind: type[enum.Enum]) -> Reader:
    known = {each.value: each for each in kind}

    def read(value: Any) -> Any:
        if isinstance(value, str) and value in known:
            return known[value]
        raise Mismatch(f"expected one of {', '.join(map(str, known))}, not {shown(value)}")

    return read


def _narrowed(reader: Reader, keywords: Keywords) -> Reader:
    whole = re.compile(keywords.pattern)

    def read(value: Any) -> Any:
        found = reader(value)
        if isinstance(found, str):
            if keywords.words and found not in keywords.words:
                raise Mismatch(f"expected one of {', '.join(keywords.words)}, not {shown(found)}")
            if keywords.pattern and not whole.fullmatch(found):
                raise Mismatch(f"{shown(found)} does not match {keywords.pattern}")
        elif isinstance(found, tuple | frozenset):
            if len(found) < keywords.items:
                raise Mismatch(f"{len(found)} elements, and at least {keywords.items} are expected")
        elif not keywords.minimum <= found <= keywords.maximum:
            raise Mismatch(f"{shown(found)} is not from {keywords.minimum} to {keywords.maximum}")
        return found

    return read


def _text(value: Any) -> str:
    text: str = _of(str, "a text", value)
    if not text.isascii():
        try:
            text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise Mismatch(f"{shown(text)} is not a text") from None
    return text


def _bytes(value: Any) -> bytes:
    return _text(value).encode("utf-8", "surrogateescape")


def _integer(value: Any) -> int:
    number: int = _of(int, "a whole number", value)
    return number


def _number(value: Any) -> float:
    try:
        number = float(_of(int | float, "a number", value))
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Mismatch("the number is too large")
    return number


def _boolean(value: Any) -> bool:
    truth: bool = _of(bool, "true or false", value)
    return truth


_SCALARS: Final[Mapping[Any, Reader]] = {
    str: _text,
    bytes: _bytes,
    int: _integer,
    float: _number,
    bool: _boolean,
}


def _of(kind: Any, name: str, value: Any) -> Any:
    if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return value
    raise Mismatch(f"expected {name}, not {shown(value)}")
