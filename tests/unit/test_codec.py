"""The codec of all documents: what comes back, what is left out, and what is refused where."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest

from slimmer.codec import Codec, Digest, Keywords, Mismatch


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True, kw_only=True)
class Circle:
    radius: float
    raw: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Square:
    side: int


@dataclass(frozen=True, kw_only=True)
class Frame:
    width: int


Shape = Circle | Square
Row = tuple[str, Color, *tuple[int, ...]]


@dataclass(frozen=True, kw_only=True)
class Drawing:
    name: str
    note: str = ""
    layer: int = 0
    tags: frozenset[str] = frozenset()
    shapes: tuple[Shape, ...] = ()
    rows: tuple[Row, ...] = ()
    ports: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    frame: Frame | None = None
    digest: Digest | None = None
    offset: Annotated[int, Keywords(minimum=-5, maximum=5)] = 0


WORDS: dict[str, type[Any]] = {"circle": Circle, "square": Square, "disc": Circle}
TERSE = Codec(terse=True, kinds={Shape: WORDS})
FULL = Codec(kinds={Shape: WORDS})
DRAWING = Drawing(
    name="a\udcff\n\u2028",
    layer=3,
    tags=frozenset({"b", "a"}),
    shapes=(Circle(radius=1.5, raw=b"\x00\xfe"), Square(side=2)),
    rows=(("x", Color.RED), ("y", Color.GREEN, 1, 2)),
    ports={80: ("127.0.0.1", 8080)},
    frame=Frame(width=0),
    digest="sha256:" + "a" * 64,
    offset=-5,
)


@pytest.mark.parametrize("codec", [TERSE, FULL], ids=["terse", "full"])
@pytest.mark.parametrize("drawing", [DRAWING, Drawing(name="")], ids=["all", "least"])
def test_there_and_back(codec: Codec, drawing: Drawing) -> None:
    for text in (codec.encode(drawing), codec.encode(drawing, indent=1)):
        assert text.isascii()
        assert codec.decode(Drawing, text) == drawing
    assert codec.decode(Drawing, "".join(codec.lines(drawing))) == drawing


def test_what_is_left_out() -> None:
    assert TERSE.encode(Drawing(name="a")) == '{"name":"a"}'
    full = json.loads(FULL.encode(Drawing(name="")))
    assert "note" not in full, "a text that is empty by default"
    assert (full["name"], full["layer"], full["frame"], full["tags"]) == ("", 0, None, [])


def test_each_element_has_a_line() -> None:
    lines = "".join(FULL.lines(DRAWING)).splitlines()
    assert '    {"square": {"side": 2}}' in lines
    assert '    "80": ["127.0.0.1", 8080]' in lines


def test_further_words_for_a_class_are_read_and_not_written() -> None:
    read = TERSE.decode(Drawing, '{"name":"a","shapes":[{"disc":{"radius":1}}]}')
    assert read.shapes == (Circle(radius=1.0),)
    assert '{"circle":{"radius":1.0}}' in TERSE.encode(read)


def test_other_keys_are_passed_over_unless_they_may_matter() -> None:
    text = '{"name":"a","new":1}'
    assert FULL.decode(Drawing, text) == Drawing(name="a")
    with pytest.raises(Mismatch, match="new: is not known here"):
        TERSE.decode(Drawing, text)


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"name": None}, "name: expected a text, not null"),
        ({"name": "\ud800"}, r'name: "\ud800" is not a text'),
        ({"layer": True}, "layer: expected a whole number, not true"),
        ({"layer": -1}, "layer: -1 is not from 0"),
        ({"layer": 1.0}, "layer: expected a whole number"),
        ({"offset": 6}, "offset: 6 is not from -5 to 5"),
        ({"shapes": [{"square": {"side": "1"}}]}, "shapes[0].square.side: expected a whole number"),
        ({"shapes": [{"cube": {}}]}, 'shapes[0]: no kind is called "cube"'),
        ({"shapes": [{}]}, "shapes[0]: 0 keys where"),
        ({"shapes": [{"circle": {}}]}, "shapes[0].circle.radius: is missing"),
        ({"shapes": [{"circle": {"radius": 10**400}}]}, "radius: the number is too large"),
        ({"rows": [["x"]]}, "rows[0]: 1 elements where 2"),
        ({"rows": [["x", "blue"]]}, "rows[0][1]: expected one of red, green"),
        ({"rows": [["x", "red", "1"]]}, "rows[0][2]: expected a whole number"),
        ({"ports": {"x": ["a", 1]}}, "ports.x: expected a number for a key"),
        ({"ports": {"1": ["a", 1, 2]}}, "ports.1: 3 elements where 2"),
        ({"digest": "sha256:1"}, "digest: "),
        ({"tags": [[]]}, "tags[0]: expected a text, not a list"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(members: dict[str, Any], told: str) -> None:
    with pytest.raises(Mismatch) as raised:
        FULL.decode(Drawing, json.dumps({"name": "a", **members}))
    assert told in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"name": NaN}',
        "1" * 5000,
        "[" * 100_000,
        b"\xff",
        '{"name":"a","layer":' + "9" * 5000,
    ],
    ids=["empty", "cut off", "constant", "huge", "deep", "bytes", "huge inside"],
)
def test_what_is_no_json_is_a_mismatch(text: str | bytes) -> None:
    with pytest.raises(Mismatch, match="not JSON"):
        FULL.decode(Drawing, text)
