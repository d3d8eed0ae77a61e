"""JSON: compared value by value, so that the order of keys does not count and a difference has
a path."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from slimmer.verify.compare.order import unordered
from slimmer.verify.compare.template import Template
from slimmer.verify.compare.text import MASK, pieces_of, show, text_template


class Mismatch(NamedTuple):
    """A place at which a document differs."""

    path: str
    """`$.items[2].name`"""
    original: str
    """JSON with MASK for what differs from run to run; empty where the original has nothing."""
    found: str
    """JSON; empty where there is nothing."""
    is_order: bool = False
    """Whether both are the same but for the order of lists."""


class Shape(Protocol):
    """What several documents have in common at one place."""

    def mismatches(self, value: Any, path: str) -> Iterator[Mismatch]: ...

    def shown(self) -> str:
        """The value, MASK for what differs."""
        ...

    def weight(self) -> tuple[int, int]:
        """(values that must be there, values that are masked)."""
        ...


def parse(text: str) -> Any:
    """The document. Raises ValueError where it is none that could be compared as one."""
    if not text.lstrip()[:1] or text.lstrip()[0] not in "{[":
        raise ValueError("neither an object nor a list")
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def shape(values: Sequence[Any]) -> Shape:
    """What these values, seen at the same place of as many documents, have in common."""
    texts = [canonical(value) for value in values]
    if len(set(texts)) == 1:
        return _Same(text=texts[0])
    if all(isinstance(value, dict) for value in values):
        return _object(values)
    if all(isinstance(value, list) for value in values):
        return _list(values)
    if all(isinstance(value, str) for value in values):
        return _Text(template=text_template(values))
    return _Kind(names=frozenset(map(_kind, values)))


def canonical(value: Any) -> str:
    """The value as JSON, keys sorted: equal for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class _Same:
    """The very same in all documents."""

    text: str

    def mismatches(self, value: Any, path: str) -> Iterator[Mismatch]:
        if canonical(value) != self.text:
            yield from _deepest(json.loads(self.text), value, path)

    def shown(self) -> str:
        return self.text

    def weight(self) -> tuple[int, int]:
        return 1 + self.text.count(",") + self.text.count(":"), 0


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """Another value each time, always of these kinds."""

    names: frozenset[str]

    def mismatches(self, value: Any, path: str) -> Iterator[Mismatch]:
        if _kind(value) not in self.names:
            wanted = " or ".join(sorted(self.names))
            yield Mismatch(path, f"{MASK} ({wanted})", canonical(value))

    def shown(self) -> str:
        return MASK

    def weight(self) -> tuple[int, int]:
        return 0, 1


@dataclass(frozen=True, kw_only=True)
class _Text:
    """A text of which parts are the same each time."""

    template: Template[str]

    def mismatches(self, value: Any, path: str) -> Iterator[Mismatch]:
        if not isinstance(value, str) or not self.template.matches(pieces_of(value)):
            yield Mismatch(path, self.shown(), canonical(value))

    def shown(self) -> str:
        text = "".join(
            MASK if pattern is None else show(pattern) for pattern in self.template.patterns()
        )
        return json.dumps(text, ensure_ascii=False)

    def weight(self) -> tuple[int, int]:
        return 0, 1


@dataclass(frozen=True, kw_only=True)
class _Object:
    """An object; `loose` where its keys differ from run to run."""

    members: Mapping[str, Shape]
    loose: bool

    def mismatches(self, value: Any, path: str) -> Iterator[Mismatch]:
        if not isinstance(value, dict):
            yield Mismatch(path, self.shown(), canonical(value))
            return
        for key, member in self.members.items():
            if key in value:
                yield from member.mismatches(value[key], _below(path, key))
            else:
                yield Mismatch(_below(path, key), member.shown(), "")
        if not self.loose:
            for key in value.keys() - self.members.keys():
                yield Mismatch(_below(path, key), "", canonical(value[key]))

    def shown(self) -> str:
        members = [f"{json.dumps(key)}: {each.shown()}" for key, each in self.members.items()]
        return "{" + ", ".join([*members, *([MASK] if self.loose else [])]) + "}"

    def weight(self) -> tuple[int, int]:
        return _sum((1, int(self.loose)), *(each.weight() for each in self.members.values()))


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A list of as many items each time."""

    items: tuple[Shape, ...]

    def mismatches(self, value: Any, path: str) -> Iterator[Mismatch]:
        if not isinstance(value, list) or len(value) != len(self.items):
            yield Mismatch(path, self.shown(), canonical(value))
            return
        for number, (item, each) in enumerate(zip(self.items, value, strict=True)):
            yield from item.mismatches(each, f"{path}[{number}]")

    def shown(self) -> str:
        return "[" + ", ".join(item.shown() for item in self.items) + "]"

    def weight(self) -> tuple[int, int]:
        return _sum((1, 0), *(each.weight() for each in self.items))


@dataclass(frozen=True, kw_only=True)
class _Bag:
    """A list of the same items in any order."""

    items: tuple[str, ...]
    """Canonical, sorted."""

    def mismatches(self, value: Any, path: str) -> Iterator[Mismatch]:
        if not isinstance(value, list):
            yield Mismatch(path, self.shown(), canonical(value))
            return
        wanted, found = Counter(self.items), Counter(canonical(item) for item in value)
        for item in sorted((wanted - found).elements()):
            yield Mismatch(f"{path}[*]", item, "")
        for item in sorted((found - wanted).elements()):
            yield Mismatch(f"{path}[*]", "", item)

    def shown(self) -> str:
        return "[" + ", ".join(self.items) + "]"

    def weight(self) -> tuple[int, int]:
        return 1 + len(self.items), 0


@dataclass(frozen=True, kw_only=True)
class _Listing:
    """A list of another length each time, of items that look like each other."""

    item: Shape | None
    """What all items of all documents have in common; None where one of the lists was empty."""

    def mismatches(self, value: Any, path: str) -> Iterator[Mismatch]:
        if not isinstance(value, list) or (self.item is not None and not value):
            yield Mismatch(path, self.shown(), canonical(value))
            return
        if self.item is not None:
            for number, each in enumerate(value):
                yield from self.item.mismatches(each, f"{path}[{number}]")

    def shown(self) -> str:
        item = self.item.shown() if self.item else MASK
        return f"[{MASK}]" if item == MASK else f"[{item}, {MASK}]"

    def weight(self) -> tuple[int, int]:
        return _sum((1, 1), *([self.item.weight()] if self.item else []))


def _object(values: Sequence[Any]) -> Shape:
    common = [key for key in values[0] if all(key in value for value in values)]
    return _Object(
        members={key: shape([value[key] for value in values]) for key in common},
        loose=any(len(value) != len(common) for value in values),
    )


def _list(values: Sequence[Any]) -> Shape:
    bags = [sorted(map(canonical, value)) for value in values]
    if all(bag == bags[0] for bag in bags):
        return _Bag(items=tuple(bags[0]))
    if len({len(value) for value in values}) == 1:
        return _Row(items=tuple(shape(items) for items in zip(*values, strict=True)))
    if not all(values):
        return _Listing(item=None)
    return _Listing(item=_loosest([item for value in values for item in value]))


def _loosest(items: Sequence[Any]) -> Shape:
    """Of items that were never meant to be equal: objects by their keys, others by their kind."""
    if all(isinstance(item, dict) for item in items):
        common = [key for key in items[0] if all(key in item for item in items)]
        return _Object(
            members={
                key: _Kind(names=frozenset(_kind(item[key]) for item in items)) for key in common
            },
            loose=True,
        )
    return _Kind(names=frozenset(map(_kind, items)))


def _deepest(original: Any, value: Any, path: str) -> Iterator[Mismatch]:
    """Where exactly two values differ."""
    if isinstance(original, dict) and isinstance(value, dict):
        for key in {**original, **value}:
            if key not in value:
                yield Mismatch(_below(path, key), canonical(original[key]), "")
            elif key not in original:
                yield Mismatch(_below(path, key), "", canonical(value[key]))
            else:
                yield from _deepest(original[key], value[key], _below(path, key))
    elif unordered(original) == unordered(value):
        if canonical(original) != canonical(value):
            yield Mismatch(path, canonical(original), canonical(value), is_order=True)
    elif isinstance(original, list) and isinstance(value, list) and len(original) == len(value):
        for number, (one, other) in enumerate(zip(original, value, strict=True)):
            yield from _deepest(one, other, f"{path}[{number}]")
    elif canonical(original) != canonical(value):
        yield Mismatch(path, canonical(original), canonical(value))


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if key.isidentifier() else f"{path}[{json.dumps(key)}]"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    if _is_number(value):
        return "number"
    return "list" if isinstance(value, list) else "object"


def _sum(*weights: tuple[int, int]) -> tuple[int, int]:
    return sum(each[0] for each in weights), sum(each[1] for each in weights)
