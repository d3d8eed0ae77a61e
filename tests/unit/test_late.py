"""Late dataclasses are what the standard library makes of the same class."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import threading
from typing import Any

import pytest

from slimmer import late


@late.dataclass(frozen=True, kw_only=True)
class Point:
    """Pickled by name, so it stands here."""

    x: int
    names: tuple[str, ...] = ()
    tags: list[str] = dataclasses.field(default_factory=list)
    seen: int = dataclasses.field(default=0, compare=False, repr=False)


@late.dataclass(frozen=True, kw_only=True)
class Place(Point):
    height: int = 7

    def __post_init__(self) -> None:
        if self.height < 0:
            raise ValueError("below the ground")


@late.dataclass(frozen=True, kw_only=True, slots=True)
class Narrow:
    x: int
    names: tuple[str, ...] = ()
    tags: list[str] = dataclasses.field(default_factory=list, compare=False)


def fresh() -> Any:
    """A class that nobody has asked for anything."""

    @late.dataclass(frozen=True, kw_only=True)
    class Fresh:
        x: int
        y: list[int] = dataclasses.field(default_factory=list, compare=False)

    return Fresh


def test_instances_compare_hash_and_show_as_the_library_has_it() -> None:
    one, same, other = Point(x=1, seen=1), Point(x=1, seen=2), Point(x=2)
    assert one == same != other
    assert repr(one) == "Point(x=1, names=(), tags=[])"
    assert one.tags is not same.tags
    assert hash(Place(x=1, tags=())) == hash(Place(x=1, tags=()))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def test_fields_cannot_be_changed() -> None:
    for change in (lambda p: setattr(p, "x", 2), lambda p: delattr(p, "x")):
        with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
            change(Point(x=1))


def test_only_keywords_are_taken_and_all_that_must_be_given() -> None:
    kind = fresh()
    for wrong in (lambda: kind(1), lambda: kind(), lambda: kind(x=1, z=2)):
        with pytest.raises(TypeError):
            wrong()
    assert Place.__match_args__ == ()


def test_a_class_inherits_fields_and_its_check() -> None:
    assert [field.name for field in dataclasses.fields(Place)] == [
        *("x", "names", "tags", "seen", "height"),
    ]
    assert Place(x=1).height == 7
    with pytest.raises(ValueError, match="ground"):
        Place(x=1, height=-1)


def test_the_functions_of_the_library_work_on_a_class_and_an_instance() -> None:
    kind = fresh()
    assert dataclasses.is_dataclass(kind)
    assert [field.compare for field in dataclasses.fields(fresh())] == [True, False]
    assert not hasattr(kind, "y"), "a default that is made has no place in the class"
    assert dataclasses.asdict(dataclasses.replace(kind(x=1), x=2)) == {"x": 2, "y": []}


def test_the_standard_library_can_derive_from_a_late_class() -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
    class Derived(Point):
        z: int

    assert Derived(x=1, z=2) == Derived(x=1, z=2)


def test_instances_that_nothing_has_initialised_compare() -> None:
    """As pickle makes them, in a process that has not made one yet."""
    kind = fresh()
    one, same, other = (object.__new__(kind) for _ in range(3))
    for instance, x in ((one, 1), (same, 1), (other, 2)):
        vars(instance).update(x=x, y=[])
    assert one == same != other
    assert pickle.loads(pickle.dumps(Place(x=3, names=("a",)))) == Place(x=3, names=("a",))


def test_methods_of_ones_own_stay() -> None:
    @late.dataclass(frozen=True, kw_only=True)
    class Alike:
        x: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Alike)

        __hash__ = None  # type: ignore[assignment]

    assert Alike(x=1) == Alike(x=2)


def test_other_options_are_the_librarys() -> None:
    @late.dataclass(frozen=True, kw_only=True, order=True)
    class Ordered:
        x: int

    assert Ordered(x=1) < Ordered(x=2)


@pytest.mark.parametrize("_attempt", range(20))
def test_threads_that_come_first_together_all_get_an_instance(_attempt: int) -> None:
    kind, ready = fresh(), threading.Barrier(8)
    made: list[Any] = []

    def make() -> None:
        ready.wait()
        made.append(kind(x=1))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [kind(x=1)] * 8


def test_a_class_with_slots_has_no_room_for_more_and_is_copied_and_pickled() -> None:
    one = Narrow(x=1, tags=["a"])
    assert not hasattr(one, "__dict__")
    assert Narrow.__slots__ == ("x", "names", "tags")  # type: ignore[attr-defined]
    assert one == Narrow(x=1)
    assert repr(one) == "Narrow(x=1, names=(), tags=['a'])"
    assert hash(one) == hash(Narrow(x=1))
    for again in (pickle.loads(pickle.dumps(one)), copy.copy(one), dataclasses.replace(one)):
        assert dataclasses.asdict(again) == {"x": 1, "names": (), "tags": ["a"]}
    with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
        one.x = 2  # type: ignore[misc]


def test_a_class_with_slots_derives_from_another() -> None:
    @late.dataclass(frozen=True, kw_only=True, slots=True)
    class Wider(Narrow):
        y: int = 5

    assert Wider(x=1) == Wider(x=1, y=5) != Wider(x=2)
    assert [field.name for field in dataclasses.fields(Wider)] == ["x", "names", "tags", "y"]
