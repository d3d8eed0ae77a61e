"""Dataclasses whose methods are written when they are first needed.

The standard library writes six methods for a frozen dataclass and compiles each on its own, which
takes about 0.6 ms. There are some 400 classes, and a command makes instances of few of them, so
what the library writes is here written by it as well, only later.
"""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING, Any, Final, NoReturn

__all__ = ["dataclass"]

_TO_MAKE: Final = ("__init__", "__match_args__", "__dataclass_params__", "__dataclass_fields__")
"""What a class has before there is an instance of it."""
_TO_COMPARE: Final = ("__repr__", "__eq__", "__hash__")
"""What most classes are never asked for."""
_TO_CHANGE: Final = ("__setattr__", "__delattr__")
_METHODS: Final = frozenset((*_TO_MAKE, *_TO_COMPARE, *_TO_CHANGE))
_SOURCE: Final = "__late_source__"
"""What the methods of a class are written from: (its fields as they stand in it, options)."""
_writing = threading.RLock()


class _Late:
    """Stands in a class for an attribute until somebody asks for that."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> Any:
        for kind in owner.__mro__:
            if kind.__dict__.get(self.name) is self:
                _write(kind, self)
        return getattr(owner if instance is None else instance, self.name)


_LATE: Final = tuple(_Late(name) for name in (*_TO_MAKE, *_TO_COMPARE))


def _dataclass(kind: type | None = None, /, *, slots: bool = False, **options: bool) -> Any:
    """As dataclasses.dataclass. Late are frozen classes that ask for nothing else but keywords and
    slots, have fields, write none of the methods themselves, and are not generic: those cannot be
    made twice."""
    if kind is None:
        return lambda kind: _dataclass(kind, slots=slots, **options)
    is_plain = options.get("frozen") and options.keys() <= {"frozen", "kw_only"}
    own = kind.__dict__
    if (
        not is_plain
        or (slots and any(map(dataclasses.is_dataclass, kind.__mro__[1:])))
        or "__orig_bases__" in own
        or "__annotations__" not in own
        or not _METHODS.isdisjoint(own)
    ):
        return dataclasses.dataclass(slots=slots, **options)(kind)
    names = ("__module__", "__qualname__", "__annotations__", "__post_init__")
    taken = (*names, *own["__annotations__"])
    source = {name: own[name] for name in taken if name in own}
    if slots:
        kind = _with_slots(kind, bool(options.get("kw_only")))
    setattr(kind, _SOURCE, (source, options))
    for late in _LATE:
        setattr(kind, late.name, late)
    for name in _TO_CHANGE:
        setattr(kind, name, _refuse)
    return kind


def _with_slots(kind: type, kw_only: bool) -> Any:
    """The class with a place for each field, and how such a frozen one is copied and pickled."""
    made: Any = dataclasses.dataclass(
        init=False, repr=False, eq=False, match_args=False, kw_only=kw_only, slots=True
    )(kind)
    made.__getstate__ = _state
    made.__setstate__ = _set_state
    return made


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass


def _is_field(value: object) -> bool:
    return isinstance(value, dataclasses.Field)


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"the field {name!r} cannot be changed")


def _write(kind: Any, asked: _Late) -> None:
    """Have what was asked for written for a twin of the class, with all that belongs to it, and
    take it over name by name: another thread finds it, or what waits for it here."""
    with _writing:
        if kind.__dict__.get(asked.name) is not asked:
            return
        source, options = kind.__dict__[_SOURCE]
        compared = asked.name in _TO_COMPARE
        # Without a docstring, its signature would be looked up for one.
        twin = type(kind)(kind.__name__, kind.__bases__, {"__doc__": "A twin.", **source})
        dataclasses.dataclass(init=not compared, repr=compared, eq=compared, **options)(twin)
        for name in _TO_COMPARE if compared else _TO_MAKE:
            setattr(kind, name, twin.__dict__[name])
        for name, value in source.items():
            if not compared and kind.__dict__.get(name) is value and _is_field(value):
                if name in twin.__dict__:
                    setattr(kind, name, twin.__dict__[name])
                else:
                    delattr(kind, name)
